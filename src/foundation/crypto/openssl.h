// What the crypto files need of OpenSSL in common: owning handles and fetched algorithms. Included
// by .cc files of this folder only.
#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "foundation/crypto/sm3.h"

namespace shu::crypto {

template <auto release>
struct Release {
    template <typename T>
    void operator()(T* handle) const {
        release(handle);
    }
};

template <typename T, auto release>
using Handle = std::unique_ptr<T, Release<release>>;

using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Memory = Handle<BIO, BIO_free_all>;

/// The digest, fetched once for the life of the process: fetching by name takes longer than hashing
/// a short message. Aborts when this build of OpenSSL has no SM3, for then nothing here can work.
/// Any thread.
const EVP_MD* algorithm(HashName name);

inline const unsigned char* data_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace shu::crypto
