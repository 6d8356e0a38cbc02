def write_reports(folder): pass
