package breach

import (
	"context"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// fields are the classes of a machine's fields, in their order.
type fields []string

// hold adds the classes of what a conversation held after a turn, and of what was found in its messages.
func hold(ctx context.Context, s session.Store, practice string, o *session.Opened, machines map[string]fields, into map[string]bool) error {
	known, ok := machines[o.State.Machine]
	if !ok {
		var err error
		if known, err = fieldsOf(ctx, s, practice, o.State.Machine); err != nil {
			return err
		}
		machines[o.State.Machine] = known
	}
	for i, value := range o.State.Values {
		if value != "" && i < len(known) {
			into[known[i]] = true
		}
	}
	for i := range o.Messages {
		for _, f := range o.Messages[i].Found {
			into[f.Class] = true
		}
	}
	return nil
}

func fieldsOf(ctx context.Context, s session.Store, practice, hash string) (list fields, err error) {
	var canonical []byte
	err = s.View(ctx, practice, func(r session.Reader) (err error) {
		canonical, err = r.Machine(hash)
		return err
	})
	if err != nil {
		return nil, err
	}
	m, err := machine.Decode(canonical)
	if err != nil {
		return nil, err
	}
	for i := range m.Fields {
		list = append(list, m.Fields[i].Class)
	}
	return list, nil
}
