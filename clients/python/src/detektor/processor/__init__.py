"""Write a detector for frame-buffer: it gets frames, answers for each one, and loses none."""
