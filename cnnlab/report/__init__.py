"""From run folders to tables and figures: reads folders only, no Keras, matplotlib only where it draws."""
