"""Use from within a program: one product a file, each a thin layer on the session that commands use as well."""
