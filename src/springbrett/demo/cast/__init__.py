"""The cast: who works at the offices, whom they follow up, and the employers round about. All of it is made up."""
