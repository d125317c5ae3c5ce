"""Values to files that people read: xlsx, csv, html."""
