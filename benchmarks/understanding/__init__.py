"""How much of what people write in data models is understood: precision and recall against labels made by hand."""
