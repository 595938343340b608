// OpenSSL's function-like macros, which Swift cannot import: one static inline function each, named as the macro
// with the prefix `shim_`. Plain functions are called directly.
#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>
