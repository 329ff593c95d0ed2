package vault

import (
	"context"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/tink"
)

// Rotate gives a practice a new key, seals every conversation key by it, and destroys the older practice keys. It runs
// beside traffic, and can be run again after it was interrupted. Conversations are not sealed anew: their keys are.
//
// A process that does not know of the rotation goes on making keys under the generation it knows; they are sealed by the
// new one when Rotate runs the next time, until then the older practice key stays.
func (v *Vault) Rotate(ctx context.Context, practice string) error {
	p := v.of(practice)
	newest, err := v.nextGeneration(ctx, practice, p)
	if err != nil {
		return fmt.Errorf("new practice key: %w", err)
	}
	for {
		list, err := v.keys.KeysBefore(ctx, practice, newest, rewrapAtOnce)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		if err := v.rewrap(ctx, practice, newest, list); err != nil {
			return err
		}
	}
	if err := v.keys.DropPracticeKeys(ctx, practice, newest); err != nil {
		return fmt.Errorf("destroy older practice keys: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for generation := range p.byGen {
		if generation < newest {
			delete(p.byGen, generation)
		}
	}
	return nil
}

// nextGeneration makes a practice key and lets new conversation keys be wrapped by it. Those made ahead are wrapped by the
// older one and are sealed anew like all others.
func (v *Vault) nextGeneration(ctx context.Context, practice string, p *practiceKeys) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := v.loadPractice(ctx, practice, p); err != nil {
		return 0, err
	}
	if err := v.addPracticeKey(ctx, practice, p.newest+1); err != nil {
		return 0, err
	}
	if err := v.loadPractice(ctx, practice, p); err != nil {
		return 0, err
	}
	return p.newest, nil
}

func (v *Vault) rewrap(ctx context.Context, practice string, newest int64, list []ConversationKey) error {
	by, err := v.generation(ctx, practice, newest)
	if err != nil {
		return err
	}
	for i, k := range list {
		from, err := v.generation(ctx, practice, k.Generation)
		if err != nil {
			return err
		}
		if list[i].Wrapped, err = transfer(from, by, k.Wrapped, associate(purposeConversation, practice, "", "", k.Number)); err != nil {
			return fmt.Errorf("conversation key %d: %w", k.Number, err)
		}
		list[i].Generation = newest
	}
	return v.keys.ReplaceKeys(ctx, practice, list)
}

// transfer seals a key by another one.
func transfer(from, to tink.AEAD, wrapped, associated []byte) ([]byte, error) {
	key, err := from.Decrypt(wrapped, associated)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return to.Encrypt(key, associated)
}

// ChangeMaster seals the practice keys of a practice by another master key. The vault of the new master key opens them
// from then on; this one does not.
func (v *Vault) ChangeMaster(ctx context.Context, practice string, to tink.AEAD) error {
	list, err := v.keys.PracticeKeys(ctx, practice)
	if err != nil {
		return err
	}
	for _, k := range list {
		wrapped, err := transfer(v.master, to, k.Wrapped, associate(purposePractice, practice, "", "", k.Generation))
		if err != nil {
			return fmt.Errorf("practice key %d: %w", k.Generation, err)
		}
		if ok, err := v.keys.PutPracticeKey(ctx, practice, PracticeKey{k.Generation, wrapped}, k.Wrapped); err != nil || !ok {
			return fmt.Errorf("practice key %d was changed by somebody else meanwhile (%w)", k.Generation, err)
		}
	}
	return nil
}
