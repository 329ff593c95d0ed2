package speech

func (r *reader) advises(i int) []Finding { return nil }
