"""What two versions of a company's file say otherwise: days, levels, posts, columns, not lines of text."""
