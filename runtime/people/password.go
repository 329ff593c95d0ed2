package people

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// cost of a hash, RFC 9106's parameters as OWASP's Password Storage Cheat Sheet recommends them: 19 MiB, two passes, one
// lane.
const (
	costMemory = 19 << 10 // KiB
	costPasses = 2
	saltSize   = 16
	hashSize   = 32
)

// Bounds of a password: NIST SP 800-63B-4 §3.1.1.2 asks for at least 15 characters of one used alone and 8 of one used with
// a second factor, which everybody has here.
const (
	minPassword = 12  // characters
	maxPassword = 256 // bytes
	minOwn      = 6   // characters that are neither a name nor among what is tried first
)

// hashes limits how many passwords are hashed at once, so that sign-ins cannot exhaust the memory.
var hashes = make(chan struct{}, 4)

func derive(password string, salt []byte, memory, passes uint32) []byte {
	hashes <- struct{}{}
	defer func() { <-hashes }()
	return argon2.IDKey([]byte(password), salt, passes, memory, 1, hashSize)
}

// hashPassword returns the hash as a PHC string, which carries its parameters.
func hashPassword(password string, random io.Reader) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return current + enc.EncodeToString(salt) + "$" + enc.EncodeToString(derive(password, salt, costMemory, costPasses)), nil
}

// current begins every hash with the parameters of today.
var current = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$", argon2.Version, costMemory, costPasses)

// nobodysHash is compared with where there is no account, so that this takes as long as where there is one.
var nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// matches reports whether a password has this hash. A hash with other parameters than we ever wrote matches nothing.
func matches(hash, password string) bool {
	var version int
	var memory, passes uint32
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &passes); n != 2 || err != nil || memory > 4*costMemory || passes > 10 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(password) > maxPassword {
		return false
	}
	return subtle.ConstantTimeCompare(derive(password, salt, memory, passes), want) == 1
}

// checkPassword says why a password is too easy to guess.
func checkPassword(password string, p *Person) error {
	low := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password) || len(password) > maxPassword:
		return fmt.Errorf("%w: a password has at most %d bytes", ErrInvalid, maxPassword)
	case utf8.RuneCountInString(password) < minPassword:
		return fmt.Errorf("%w: a password has at least %d characters; a sentence is good", ErrInvalid, minPassword)
	case kinds(low) < 5:
		return fmt.Errorf("%w: a password uses at least five different characters", ErrInvalid)
	case isBreached(password):
		return fmt.Errorf("%w: this password was found in breaches, and is among those that are tried first", ErrInvalid)
	}
	rest := low
	local, _, _ := strings.Cut(p.Email, "@")
	known := append(strings.Fields(strings.ToLower(p.Name)), local, p.Practice)
	for _, word := range append(known, commonPasswords...) {
		if len(word) >= 3 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	if utf8.RuneCountInString(rest) < minOwn {
		return fmt.Errorf("%w: without names and passwords that everybody tries first, little is left of this password", ErrInvalid)
	}
	return nil
}

// kinds counts the different characters of a text.
func kinds(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// commonPasswords lists what is tried first and is long enough to come near to our bounds.
var commonPasswords = []string{
	"password", "passw0rd", "p@ssword", "p@ssw0rd", "contraseña", "contrasena", "qwertyuiop", "qwerty123", "1234567890", "0123456789",
	"abcdefghij", "iloveyou", "letmein", "welcome123", "bienvenido", "administrator", "changeme", "superman", "princess", "sunshine",
	"football", "baseball", "trustno1", "asdfghjkl", "1q2w3e4r", "zaq12wsx", "correct horse battery staple", "frontdesk",
}
