"""A report in the forms in which it is read: text, JSON, SARIF, annotations, JUnit, SHACL's own, and a page.

Each form is a module of its own with a pure function from a sheet (or a report) to text, so that only the form that is
asked for is loaded.
"""
