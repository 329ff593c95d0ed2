package release

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
)

// The PEM types of RFC 7468.
const (
	privateType = "PRIVATE KEY"
	publicType  = "PUBLIC KEY"
)

// NewKey makes a key pair, both as PEM.
func NewKey(random io.Reader) (private, public []byte, err error) {
	pub, key, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, nil, err
	}
	k, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	p, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: privateType, Bytes: k}), pem.EncodeToMemory(&pem.Block{Type: publicType, Bytes: p}), nil
}

// PrivateKey reads the key that signs.
func PrivateKey(file []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(file)
	if block == nil || block.Type != privateType {
		return nil, errors.New("this is not a PEM file with a private key")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the private key cannot be read")
	}
	k, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("the private key is not an Ed25519 key")
	}
	return k, nil
}

// PublicKeys reads the keys whose approvals count; a file may hold several.
func PublicKeys(file []byte) ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for rest := file; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			if len(keys) == 0 || len(bytes.TrimSpace(rest)) > 0 {
				return nil, errors.New("this is not a PEM file with public keys")
			}
			return keys, nil
		}
		if block.Type != publicType {
			return nil, errors.New("this file holds something else than public keys")
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, errors.New("a public key cannot be read")
		}
		k, ok := key.(ed25519.PublicKey)
		if !ok {
			return nil, errors.New("a public key is not an Ed25519 key")
		}
		keys = append(keys, k)
	}
}
