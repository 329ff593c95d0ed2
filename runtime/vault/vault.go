package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/tacet-lang/tacet/runtime/recent"
)

const (
	keyBytes     = 32  // AES-256
	blockOfKeys  = 256 // made ahead at a time
	fewKeys      = 128 // left of them, when more are made
	rewrapAtOnce = 256
	openedKeys   = 16384
	remember     = time.Minute
)

// Options wires a Vault. Master and Keys are required.
type Options struct {
	Master tink.AEAD
	Keys   Keys
	// Remember bounds for how long an opened key is used without asking Keys whether it still exists. 0: a minute. What this
	// process destroys itself is forgotten at once.
	Remember time.Duration
}

// Vault seals and opens. Safe for concurrent use.
type Vault struct {
	master   tink.AEAD
	keys     Keys
	remember time.Duration
	damaged  func(practice string, number int64, err error)
	reported sync.Map // of keyName
	opened   *recent.Cache[keyName, openKey]

	mu       sync.Mutex
	practice map[string]*practiceKeys // guarded by mu
}

type keyName struct {
	practice string
	number   int64
}

// openKey is a key ready for use, until it must be looked up again.
type openKey struct {
	aead  tink.AEAD
	until time.Time
}

// practiceKeys are the opened keys of one practice and the conversation keys made ahead for it. Its lock is held while
// keys are made, so that of many who need one only one makes them.
type practiceKeys struct {
	mu     sync.Mutex
	newest int64               // generation that wraps new keys; 0: not known
	byGen  map[int64]tink.AEAD // guarded by mu
	ahead  []madeKey
	making bool // more are being made, by nobody who waits for them
}

type madeKey struct {
	number int64
	aead   tink.AEAD
}

// New returns a vault.
func New(o Options) (*Vault, error) {
	if o.Master == nil || o.Keys == nil {
		return nil, errors.New("vault: a master key and a place for keys are needed")
	}
	v := &Vault{
		master: o.Master, keys: o.Keys, remember: o.Remember,
		opened: recent.New[keyName, openKey](openedKeys), practice: map[string]*practiceKeys{},
	}
	if v.remember == 0 {
		v.remember = remember
	}
	return v, nil
}

// Prepare opens the keys of a practice, and makes the first where there are none. It returns ErrSealed when the master
// key is not the one that sealed them.
func (v *Vault) Prepare(ctx context.Context, practice string) error {
	p := v.of(practice)
	p.mu.Lock()
	defer p.mu.Unlock()
	return v.loadPractice(ctx, practice, p)
}

// NewKey returns the number of a conversation key that nobody has used and that is durable.
func (v *Vault) NewKey(ctx context.Context, practice string) (number int64, err error) {
	p := v.of(practice)
	p.mu.Lock()
	defer p.mu.Unlock()
	for try := 0; len(p.ahead) == 0; try++ {
		err := v.makeAhead(ctx, practice, p)
		if errors.Is(err, ErrDestroyed) && try < 3 { // another process has rotated: look again
			p.newest = 0
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("make keys: %w", err)
		}
	}
	k := p.ahead[0]
	p.ahead = p.ahead[1:]
	if len(p.ahead) < fewKeys && !p.making {
		p.making = true
		go v.makeMore(practice, p, p.newest, p.byGen[p.newest])
	}
	v.opened.Put(keyName{practice, k.number}, openKey{k.aead, time.Now().Add(v.remember)})
	return k.number, nil
}

// makeMore makes keys before they are missed. When it cannot, whoever misses them tries again and reports why.
func (v *Vault) makeMore(practice string, p *practiceKeys, generation int64, by tink.AEAD) {
	made, err := v.makeKeys(context.Background(), practice, generation, by)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making = false
	if err == nil {
		p.ahead = append(p.ahead, made...)
	}
}

func (v *Vault) of(practice string) *practiceKeys {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.practice[practice]
	if p == nil {
		p = &practiceKeys{byGen: map[int64]tink.AEAD{}}
		v.practice[practice] = p
	}
	return p
}

func (v *Vault) makeAhead(ctx context.Context, practice string, p *practiceKeys) error {
	if p.newest == 0 {
		if err := v.loadPractice(ctx, practice, p); err != nil {
			return err
		}
	}
	made, err := v.makeKeys(ctx, practice, p.newest, p.byGen[p.newest])
	p.ahead = made
	return err
}

func (v *Vault) makeKeys(ctx context.Context, practice string, generation int64, by tink.AEAD) ([]madeKey, error) {
	made := make([]madeKey, 0, blockOfKeys)
	_, err := v.keys.AddKeys(ctx, practice, blockOfKeys, func(number int64) (ConversationKey, error) {
		key, aead, err := newKey()
		if err != nil {
			return ConversationKey{}, err
		}
		wrapped, err := by.Encrypt(key, associate(purposeConversation, practice, "", "", number))
		if err != nil {
			return ConversationKey{}, err
		}
		made = append(made, madeKey{number, aead})
		return ConversationKey{Number: number, Generation: generation, Wrapped: wrapped}, nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// loadPractice opens the keys of a practice, and makes the first where there is none.
func (v *Vault) loadPractice(ctx context.Context, practice string, p *practiceKeys) error {
	for {
		list, err := v.keys.PracticeKeys(ctx, practice)
		if err != nil {
			return err
		}
		for _, k := range list {
			aead, err := v.unwrap(v.master, k.Wrapped, associate(purposePractice, practice, "", "", k.Generation))
			if err != nil {
				return fmt.Errorf("the master key is another than the one that sealed key %d of practice %s: %w", k.Generation, practice, err)
			}
			p.byGen[k.Generation], p.newest = aead, k.Generation
		}
		if len(list) > 0 {
			return nil
		}
		if err := v.addPracticeKey(ctx, practice, 1); err != nil {
			return err
		}
	}
}

// addPracticeKey stores a new key of a generation, unless somebody else just did.
func (v *Vault) addPracticeKey(ctx context.Context, practice string, generation int64) error {
	key, _, err := newKey()
	if err != nil {
		return err
	}
	wrapped, err := v.master.Encrypt(key, associate(purposePractice, practice, "", "", generation))
	if err != nil {
		return fmt.Errorf("seal by the master key: %w", err)
	}
	_, err = v.keys.PutPracticeKey(ctx, practice, PracticeKey{Generation: generation, Wrapped: wrapped}, nil)
	return err
}

func newKey() (key []byte, aead tink.AEAD, err error) {
	key = make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return nil, nil, err
	}
	aead, err = subtle.NewAESGCM(key)
	return key, aead, err
}

func (v *Vault) unwrap(by tink.AEAD, wrapped, associated []byte) (tink.AEAD, error) {
	key, err := by.Decrypt(wrapped, associated)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("%w: a key of %d bytes", ErrSealed, len(key))
	}
	return subtle.NewAESGCM(key)
}

// Seal seals a value of the conversation that has the key.
func (v *Vault) Seal(ctx context.Context, key int64, l Label, plain []byte) ([]byte, error) {
	aead, err := v.open(ctx, l.Practice, key)
	if err != nil {
		return nil, err
	}
	return aead.Encrypt(plain, l.associated())
}

// Open opens what Seal sealed. It returns ErrSealed when that is not exactly this or the key is lost, and ErrDestroyed when the key was
// destroyed.
func (v *Vault) Open(ctx context.Context, key int64, l Label, sealed []byte) ([]byte, error) {
	aead, err := v.open(ctx, l.Practice, key)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Decrypt(sealed, l.associated())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return plain, nil
}

func (v *Vault) open(ctx context.Context, practice string, number int64) (tink.AEAD, error) {
	name := keyName{practice, number}
	if k, ok := v.opened.Get(name); ok && time.Now().Before(k.until) {
		return k.aead, nil
	}
	aead, err := v.lookUp(ctx, practice, number)
	if err != nil {
		v.opened.Drop(name)
		v.report(name, err)
		return nil, err
	}
	v.opened.Put(name, openKey{aead, time.Now().Add(v.remember)})
	return aead, nil
}

// lookUp opens a key as it is stored now.
func (v *Vault) lookUp(ctx context.Context, practice string, number int64) (tink.AEAD, error) {
	k, err := v.keys.Key(ctx, practice, number)
	if err != nil {
		return nil, err
	}
	by, err := v.generation(ctx, practice, k.Generation)
	if errors.Is(err, ErrLost) { // it may have been sealed anew since it was read
		if k, err = v.keys.Key(ctx, practice, number); err == nil {
			by, err = v.generation(ctx, practice, k.Generation)
		}
	}
	if err != nil {
		return nil, err
	}
	aead, err := v.unwrap(by, k.Wrapped, associate(purposeConversation, practice, "", "", number))
	if err != nil {
		return nil, fmt.Errorf("conversation key %d: %w", number, err)
	}
	return aead, nil
}

// OnDamage lets tell be called for each key that is lost or does not open, once for each. It is to be called before the vault is used.
func (v *Vault) OnDamage(tell func(practice string, number int64, err error)) { v.damaged = tell }

// report tells once of a key that is lost or does not open.
func (v *Vault) report(name keyName, err error) {
	if v.damaged == nil || !errors.Is(err, ErrSealed) {
		return
	}
	if _, again := v.reported.LoadOrStore(name, true); !again {
		v.damaged(name.practice, name.number, err)
	}
}

// Verify opens a conversation key as it is stored now. It returns what Open would return for want of the key.
func (v *Vault) Verify(ctx context.Context, practice string, number int64) error {
	_, err := v.lookUp(ctx, practice, number)
	return err
}

// generation returns a practice key, looked up again when another process has made it since.
func (v *Vault) generation(ctx context.Context, practice string, generation int64) (tink.AEAD, error) {
	p := v.of(practice)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byGen[generation] == nil {
		if err := v.loadPractice(ctx, practice, p); err != nil {
			return nil, err
		}
	}
	if aead := p.byGen[generation]; aead != nil {
		return aead, nil
	}
	return nil, fmt.Errorf("%w: practice key %d", ErrLost, generation)
}

// Destroy destroys a conversation's key: what it sealed cannot be opened any more, by anybody. It is durable on return.
func (v *Vault) Destroy(ctx context.Context, practice string, number int64) error {
	if err := v.keys.DestroyKey(ctx, practice, number); err != nil {
		return err
	}
	v.opened.Drop(keyName{practice, number})
	return nil
}
