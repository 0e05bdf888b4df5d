"""What all programmes share: values with their checks, the calendar, clocks, marks, refusals."""
