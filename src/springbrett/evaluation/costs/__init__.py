"""What a measure costs and what one gets for it: accounts by party, cost per extra month in work, present value."""
