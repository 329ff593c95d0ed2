package breach

import (
	"context"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// fields are the classes of a machine's fields, in their order.
type fields []string

// hold adds the classes of what a conversation held after a turn, and of what was found in its messages.
func (f *finder) hold(ctx context.Context, o *session.Opened, into map[string]bool) error {
	known, err := f.fields(ctx, o.State.Machine)
	if err != nil {
		return err
	}
	for i, value := range o.State.Values {
		if value != "" && i < len(known) {
			into[known[i]] = true
		}
	}
	for i := range o.Messages {
		for _, found := range o.Messages[i].Found {
			into[found.Class] = true
		}
	}
	return nil
}

func (f *finder) fields(ctx context.Context, hash string) (list fields, err error) {
	if known, ok := f.machines[hash]; ok {
		return known, nil
	}
	var m *machine.Machine
	err = f.store.View(ctx, f.practice, func(r session.Reader) (err error) {
		m, err = session.MachineOf(r, hash)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range m.Fields {
		list = append(list, m.Fields[i].Class)
	}
	f.machines[hash] = list
	return list, nil
}
