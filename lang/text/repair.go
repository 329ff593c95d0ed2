package text

// repair gives a second reading of the words, in which misspelt words are corrected to words of the vocabulary,
// run-together words are taken apart and words torn in two are joined; nil if there is nothing to repair.
func (v *vocabulary) repair(tokens []token) []token {
	var out []token
	for i := 0; i < len(tokens); i++ {
		fixed, used := v.repairAt(tokens, i)
		if fixed == nil {
			if out != nil {
				out = append(out, tokens[i])
			}
			continue
		}
		if out == nil {
			out = make([]token, i, len(tokens)+8)
			copy(out, tokens[:i])
		}
		out = append(out, fixed...)
		i += used - 1
	}
	return out
}

// repairAt returns what stands for the tokens at i, and how many tokens that replaces; nil if nothing is wrong there.
func (v *vocabulary) repairAt(tokens []token, i int) ([]token, int) {
	t := &tokens[i]
	if v.knowsWord(t) {
		return nil, 0
	}
	if joined := v.joined(tokens, i); joined != nil {
		return joined, 2
	}
	readings := append([]form{t.form}, t.also...)
	var fixed []form
	for _, f := range readings {
		fixed = append(fixed, v.respell(f.text)...)
	}
	if len(fixed) > 0 {
		r := *t
		r.also = append(fixed, t.also...)
		return []token{r}, 1
	}
	for _, f := range readings {
		if parts := v.split(f.text); parts != nil {
			return splitToken(*t, parts), 1
		}
	}
	return nil, 0
}

// joined reads the two words at i as one ("over dose", "sui cide").
func (v *vocabulary) joined(tokens []token, i int) []token {
	if i+1 == len(tokens) || tokens[i].after > noPause || tokens[i].to == tokens[i+1].to {
		return nil
	}
	word := tokens[i].text + tokens[i+1].text
	if len(word) < minSpell+1 || len(word) > maxTokenLength || !v.surface[word] {
		return nil
	}
	t := tokens[i]
	t.to, t.after = tokens[i+1].to, tokens[i+1].after
	t.form, t.also = makeForm(word), nil
	return []token{t}
}

// splitToken gives the parts of a run-together word their places in the text.
func splitToken(t token, parts []string) []token {
	total := 0
	for _, p := range parts {
		total += len(p)
	}
	var out []token
	at := t.from
	for i, p := range parts {
		piece := t
		piece.also, piece.after = nil, noPause
		if int(t.to-t.from) == total {
			piece.from, piece.to = at, at+int32(len(p))
			at = piece.to
		}
		out = appendWord(out, p, piece)
		if i == len(parts)-1 {
			out[len(out)-1].after = t.after
		}
	}
	return out
}
