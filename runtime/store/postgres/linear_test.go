package postgres_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/postgres"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// The names under which a server process finds its database and its master key.
const (
	serverData = "TACET_TEST_DATA"
	serverKeys = "TACET_TEST_KEYS"
	serverKey  = "TACET_TEST_MASTER"
)

// answer is what a server process says of a request.
type answer struct {
	ID          string
	After, Last int64
}

// hostOf opens the data that the environment names; patience is the turns', where it is not the usual one.
func hostOf(env func(string) string, patience ...time.Duration) (h *session.Host, closeAll func(), err error) {
	key, err := hex.DecodeString(env(serverKey))
	if err != nil {
		return nil, nil, err
	}
	master, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, nil, err
	}
	keys, err := postgres.OpenKeys(ctx, env(serverKeys))
	if err != nil {
		return nil, nil, err
	}
	store, err := postgres.Open(ctx, env(serverData))
	if err != nil {
		return nil, nil, errors.Join(err, keys.Close())
	}
	for _, d := range patience {
		store.Impatient(d)
	}
	closeAll = func() {
		_ = store.Close() // nothing is lost by that
		_ = keys.Close()
	}
	v, err := vault.New(vault.Options{Master: master, Keys: keys})
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	h, err = session.New(session.Options{Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: v, Codes: &sessiontest.Codes{}})
	return h, closeAll, err
}

// serve is a server process: it answers until it is killed.
func serve(h *session.Host) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, handler(h))
}

func handler(h *session.Host) http.Handler {
	mux := http.NewServeMux()
	reply := func(w http.ResponseWriter, r *http.Request, fn func() (answer, error)) {
		a, err := fn()
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(a) // who has gone asks again
	}
	mux.HandleFunc("/start", func(w http.ResponseWriter, r *http.Request) {
		reply(w, r, func() (answer, error) {
			n, _ := h.Notice("consultation", "en")
			got, err := h.Start(r.Context(), session.Start{Flow: "consultation", ClientID: r.FormValue("client"), Notice: n.Hash})
			return answer{ID: got.ID, Last: got.Status.Seq}, err
		})
	})
	mux.HandleFunc("/post", func(w http.ResponseWriter, r *http.Request) {
		reply(w, r, func() (answer, error) {
			got, err := h.Post(r.Context(), r.FormValue("id"), session.Post{ClientID: r.FormValue("client"), Text: r.FormValue("text")})
			if err != nil || len(got.Messages) == 0 {
				return answer{}, errors.Join(err, errors.New("no messages"))
			}
			return answer{After: got.Messages[0].Seq - 1, Last: got.Messages[len(got.Messages)-1].Seq}, nil
		})
	})
	mux.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		reply(w, r, func() (answer, error) {
			got, err := h.Read(r.Context(), r.FormValue("id"), math.MaxInt32, 1)
			return answer{Last: got.Status.Seq}, err
		})
	})
	return mux
}

// fleet is several server processes on one database.
type fleet struct {
	t    *testing.T
	data string // the database
	env  []string
	mu   sync.Mutex
	all  []*server // guarded by mu
}

type server struct {
	cmd  *exec.Cmd
	addr string
}

// newData is an empty database with its keys, as processes are told of it.
func newData(t *testing.T) map[string]string {
	t.Helper()
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		t.Fatal(err)
	}
	return map[string]string{serverData: postgrestest.Database(t), serverKeys: postgrestest.Database(t), serverKey: hex.EncodeToString(key)}
}

// words puts variables into an environment.
func words(env map[string]string) (list []string) {
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}

func launch(t *testing.T, n int) *fleet {
	t.Helper()
	data := newData(t)
	f := &fleet{t: t, data: data[serverData], env: append(os.Environ(), words(data)...)}
	for range n {
		s, err := f.start()
		if err != nil {
			t.Fatal(err)
		}
		f.all = append(f.all, s)
	}
	t.Cleanup(func() {
		for _, s := range f.all {
			s.kill()
		}
	})
	return f
}

func (f *fleet) start() (*server, error) {
	s := &server{cmd: exec.Command(os.Args[0])}
	s.cmd.Env, s.cmd.Stderr = f.env, os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	s.addr = strings.TrimSpace(line)
	return s, err
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // it was killed
}

// any is the address of a server.
func (f *fleet) any(r *mathrand.Rand) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all[r.IntN(len(f.all))].addr
}

// trouble kills a server and starts another, or stops one for a while.
func (f *fleet) trouble(r *mathrand.Rand) error {
	f.mu.Lock()
	i := r.IntN(len(f.all))
	s := f.all[i]
	f.mu.Unlock()
	if r.IntN(3) == 0 {
		if err := s.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			return err
		}
		time.Sleep(time.Duration(100+r.IntN(400)) * time.Millisecond)
		return s.cmd.Process.Signal(syscall.SIGCONT)
	}
	s.kill()
	fresh, err := f.start()
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all[i] = fresh
	return nil
}

// ask repeats a request, through whichever server, until it is answered.
func (f *fleet) ask(r *mathrand.Rand, path string, form url.Values) (a answer, err error) {
	client := &http.Client{Timeout: 2 * time.Second}
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond) {
		res, e := client.PostForm("http://"+f.any(r)+path, form)
		if e != nil {
			continue
		}
		e = json.NewDecoder(res.Body).Decode(&a)
		_ = res.Body.Close()
		if e == nil && res.StatusCode == http.StatusOK {
			return a, nil
		}
	}
	return a, fmt.Errorf("%s is not answered within a minute", path)
}

// log is a conversation as one client sees it at a time: where it ends, at first after what the start said. A request stands behind everything answered
// before it was made, and takes the numbers after the end, each once.
func log(begins int64) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return begins },
		Step: func(state, input, output any) (bool, any) {
			end, got := state.(int64), output.(answer)
			if input.(string) == "read" {
				return got.Last == end, end
			}
			return got.After == end && got.Last > end, got.Last
		},
	}
}

// TestLinearizable lets clients write into the same conversations through three processes, which are killed and stopped
// meanwhile. Each conversation must look as if its requests had happened one after the other, each once, at some moment
// while it was asked for (Herlihy and Wing, "Linearizability", 1990). TACET_TROUBLES says how often something happens to a
// process.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	troubles := 6
	if _, err := fmt.Sscan(os.Getenv("TACET_TROUBLES"), &troubles); err != nil && os.Getenv("TACET_TROUBLES") != "" {
		t.Fatal(err)
	}
	f := launch(t, 3)
	const talks, clients = 6, 3
	ids := make([]string, talks)
	begins := map[string]int64{}
	first := mathrand.New(mathrand.NewPCG(1, 1))
	for i := range ids {
		a, err := f.ask(first, "/start", url.Values{"client": {fmt.Sprintf("a-conversation-%d", i)}})
		if err != nil {
			t.Fatal(err)
		}
		ids[i], begins[a.ID] = a.ID, a.Last
	}
	stop, done := context.WithCancel(ctx)
	defer done()
	begun := time.Now()
	var mu sync.Mutex
	history := map[string][]porcupine.Operation{}
	var wg sync.WaitGroup
	for i, id := range ids {
		for c := range clients {
			wg.Go(func() {
				r := mathrand.New(mathrand.NewPCG(uint64(i), uint64(c)))
				for n := 0; stop.Err() == nil; n++ {
					op := porcupine.Operation{ClientId: c, Input: "write", Call: int64(time.Since(begun))}
					path, form := "/post", url.Values{"id": {id}, "client": {fmt.Sprintf("%d-%d", c, n)}, "text": {"hello"}}
					switch {
					case n%5 == 4:
						op.Input, path = "read", "/read"
					case i%2 == 1 && n == 20+c:
						form.Set("text", "chest pain")
					}
					a, err := f.ask(r, path, form)
					if err != nil {
						t.Error(err)
						return
					}
					op.Output, op.Return = a, int64(time.Since(begun))
					mu.Lock()
					history[id] = append(history[id], op)
					mu.Unlock()
				}
			})
		}
	}
	r := mathrand.New(mathrand.NewPCG(2, 2))
	for range troubles {
		time.Sleep(time.Duration(r.IntN(400)) * time.Millisecond)
		if err := f.trouble(r); err != nil {
			t.Error(err)
		}
	}
	time.Sleep(300 * time.Millisecond)
	done()
	wg.Wait()
	operations := 0
	for id, ops := range history {
		operations += len(ops)
		if res, _ := porcupine.CheckOperationsVerbose(log(begins[id]), ops, 30*time.Second); res != porcupine.Ok {
			t.Errorf("%d requests to %s are %s", len(ops), id, res)
		}
	}
	t.Logf("%d requests to %d conversations, %d troubles", operations, talks, troubles)
	if operations < 100 {
		t.Errorf("only %d requests were answered", operations)
	}
	f.judgeSilence(ids)
}

// judgeSilence reads every log through the database: after an acknowledgement the assistant says nothing, ever.
func (f *fleet) judgeSilence(ids []string) {
	f.t.Helper()
	s := open(f.t, f.data)
	for _, id := range ids {
		err := s.View(ctx, "lakeside", func(r session.Reader) error {
			list, err := r.Turns(id, 0, 1<<20)
			silent := false
			for _, n := range list {
				if silent && n.Authors&session.AssistantWrote != 0 {
					f.t.Errorf("%s: the assistant speaks in turn %d, after its acknowledgement", id, n.Version)
				}
				silent = silent || n.Ack
				if silent && n.Control == engine.Assistant {
					f.t.Errorf("%s: the assistant has the conversation in turn %d", id, n.Version)
				}
			}
			return err
		})
		if err != nil {
			f.t.Error(err)
		}
	}
}
