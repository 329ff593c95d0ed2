package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
)

// scripted answers the reference conversation without understanding anything: what remains of a turn when the work
// is taken out. With keep, each turn is kept before it is answered.
type scripted struct {
	next atomic.Int64
	mu   sync.Mutex
	said map[string]*scriptedTalk
	keep func(turn []byte) error
}

type scriptedTalk struct {
	turn int
	name string
}

// scripts are the replies to turns 2 to 8; %s is the name that was given in the fourth turn.
var scripts = []string{
	`Botox relaxes wrinkles. A visit takes about twenty minutes. Reply \"book\" to book a consultation.`,
	`Great, let's book. What is your name?`,
	`Thanks, %s. Which US phone number can we reach you at?`,
	`That does not look like a US phone number. Please send ten digits, for example (212) 555-0142.`,
	`Which time of day do you prefer: morning, afternoon or evening?`,
	`To confirm: a consultation for %s. Reply yes or no.`,
	`You're all set, %s.`,
}

func (s *scripted) start(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ClientID string `json:"client_id"`
		Flow     string `json:"flow"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	id := "c" + strconv.FormatInt(s.next.Add(1), 10)
	s.mu.Lock()
	s.said[id] = &scriptedTalk{}
	s.mu.Unlock()
	s.reply(w, http.StatusCreated, fmt.Appendf(nil, `{"conversation":%q,"token":"t","seq":1,"messages":[{"author":"assistant","text":"Hi! I can help you book a consultation."}]}`, id))
}

func (s *scripted) message(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ClientID string `json:"client_id"`
		Text     string `json:"text"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	t := s.said[r.PathValue("id")]
	s.mu.Unlock()
	if t == nil || t.turn == len(scripts) {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	if t.turn == 2 {
		t.name = body.Text
	}
	text := scripts[t.turn]
	if t.turn == 2 || t.turn > 4 {
		text = fmt.Sprintf(text, t.name)
	}
	t.turn++
	s.reply(w, http.StatusOK, fmt.Appendf(nil, `{"conversation":%q,"seq":%d,"messages":[{"author":"assistant","text":"%s"}]}`, r.PathValue("id"), t.turn+1, text))
}

func (s *scripted) reply(w http.ResponseWriter, status int, body []byte) {
	if s.keep != nil {
		if err := s.keep(body); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away has no use for it
}

// servePeer serves a scripted peer until it is killed, and prints its port.
func servePeer(database string) error {
	s := &scripted{said: map[string]*scriptedTalk{}}
	if database != "" {
		keep, err := appended(database)
		if err != nil {
			return err
		}
		s.keep = keep
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/conversations", s.start)
	mux.HandleFunc("POST /api/conversations/{id}/messages", s.message)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	return http.Serve(l, mux)
}

// appended returns a function that seals a turn and appends it as one row. Turns that come while another commit is on
// its way share the next one.
func appended(database string) (func([]byte) error, error) {
	db, err := sqlite3.Open(database)
	if err != nil {
		return nil, err
	}
	if err := db.Exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
		CREATE TABLE turn (n INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT`); err != nil {
		return nil, err
	}
	insert, _, err := db.Prepare(`INSERT INTO turn (sealed) VALUES (?)`)
	if err != nil {
		return nil, err
	}
	seal, err := sealer()
	if err != nil {
		return nil, err
	}
	type row struct {
		sealed []byte
		done   chan error
	}
	rows := make(chan row, 1024)
	commit := func(batch []row) error {
		if err := db.Exec(`BEGIN IMMEDIATE`); err != nil {
			return err
		}
		for _, r := range batch {
			if err := insert.BindBlob(1, r.sealed); err != nil {
				return err
			}
			if err := insert.Exec(); err != nil {
				return err
			}
		}
		return db.Exec(`COMMIT`)
	}
	go func() {
		for r := range rows {
			batch := []row{r}
			for len(rows) > 0 {
				batch = append(batch, <-rows)
			}
			err := commit(batch)
			for _, r := range batch {
				r.done <- err
			}
		}
	}()
	return func(turn []byte) error {
		r := row{seal(turn), make(chan error, 1)}
		rows <- r
		return <-r.done
	}, nil
}

func sealer() (func([]byte) []byte, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return func(b []byte) []byte { return aead.Seal(nil, nil, b, nil) }, nil
}

// peerOf runs this program again as a peer.
func peerOf(database string) []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return []string{self, "-serve-peer", "-database", database}
}
