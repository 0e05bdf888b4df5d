"""What happens by itself: policies answer events with commands, the scheduler acts on due clocks."""
