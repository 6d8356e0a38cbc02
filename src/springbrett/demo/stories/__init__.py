"""The stories of the demonstration: what happened to whom, as data in `demo/data/stories`, and the engine that walks
them through the services in the order of the calendar."""
