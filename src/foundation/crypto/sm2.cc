#include "foundation/crypto/sm2.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>

#include "foundation/crypto/openssl.h"
#include "foundation/file.h"
#include "foundation/limits.h"

namespace shu::crypto {

struct Sm2PublicKey::State {
    Key key;
    std::string point;
};

namespace {

constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kCiphertextHeadBytes = kPointBytes + 32;  // C1 || C3

using Number = Handle<BIGNUM, BN_clear_free>;
using NumberContext = Handle<BN_CTX, BN_CTX_free>;
using Point = Handle<EC_POINT, EC_POINT_free>;
using ParameterBuilder = Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Handle<OSSL_PARAM, OSSL_PARAM_free>;

unsigned char* data_of(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
using crypto::data_of;

// A refusal leaves no trace in OpenSSL's queue of this thread, where other users of the library
// would find it.
Error refusal(Error error) {
    ERR_clear_error();
    return error;
}

const EC_GROUP* curve() {
    static const EC_GROUP* const group = EC_GROUP_new_by_curve_name(NID_sm2);
    SHU_ASSERT(group != nullptr);
    return group;
}

// Neither infinity nor compressed nor hybrid; coordinates below p and on the curve. The cofactor is
// 1, so this is all that GB/T 32918.1-2016 6.2.1 asks.
bool is_point(std::string_view point) {
    if (point.size() != kPointBytes || point.front() != 4) return false;
    const Point parsed(EC_POINT_new(curve()));
    SHU_ASSERT(parsed != nullptr);
    const bool good =
        EC_POINT_oct2point(curve(), parsed.get(), data_of(point), point.size(), nullptr) == 1;
    if (!good) ERR_clear_error();
    return good;
}

// 1..n-2: with d = n-1 there is no inverse of 1 + d to sign with (GB/T 32918.1-2016 6.1).
bool is_scalar(const BIGNUM* scalar) {
    const Number last(BN_dup(EC_GROUP_get0_order(curve())));
    SHU_ASSERT(last != nullptr && BN_sub_word(last.get(), 1) == 1);
    return !BN_is_zero(scalar) && !BN_is_negative(scalar) && BN_cmp(scalar, last.get()) < 0;
}

std::string point_of(const BIGNUM* scalar) {
    const Point point(EC_POINT_new(curve()));
    const NumberContext context(BN_CTX_secure_new());
    SHU_ASSERT(point != nullptr && context != nullptr);
    SHU_ASSERT(EC_POINT_mul(curve(), point.get(), scalar, nullptr, nullptr, context.get()) == 1);
    std::string bytes(kPointBytes, '\0');
    SHU_ASSERT(EC_POINT_point2oct(curve(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                  data_of(bytes), bytes.size(), context.get()) == kPointBytes);
    return bytes;
}

// A key of OpenSSL from a checked point, and a checked scalar or nothing.
Key make_key(std::string_view point, const BIGNUM* scalar) {
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    SHU_ASSERT(builder != nullptr);
    SHU_ASSERT(
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) == 1);
    SHU_ASSERT(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                point.data(), point.size()) == 1);
    if (scalar != nullptr) {
        SHU_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
    }
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
    SHU_ASSERT(parameters != nullptr && context != nullptr);
    SHU_ASSERT(EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* key = nullptr;
    SHU_ASSERT(EVP_PKEY_fromdata(context.get(), &key,
                                 scalar != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                                 parameters.get()) == 1);
    return Key(key);
}

KeyContext context_of(EVP_PKEY* key) {
    KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    SHU_ASSERT(context != nullptr);
    return context;
}

// A context that signs or verifies over SM3(Z || message). OpenSSL has no default id, and takes one
// only before the start.
struct SignatureContext {
    SignatureContext(EVP_PKEY* key, std::string_view id)
        : of_key(context_of(key)), of_message(EVP_MD_CTX_new()) {
        SHU_ASSERT(of_message != nullptr && id.size() <= kSm2IdBytesMax);
        SHU_ASSERT(EVP_PKEY_CTX_set1_id(of_key.get(), id.data(), static_cast<int>(id.size())) == 1);
        EVP_MD_CTX_set_pkey_ctx(of_message.get(), of_key.get());
    }

    KeyContext of_key;  // outlives the context that borrows it
    DigestContext of_message;
};

// Encrypted keys are refused, not asked for at the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

Memory memory_over(std::string_view bytes) {
    Memory memory(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
    SHU_ASSERT(memory != nullptr);
    return memory;
}

std::string text_in(BIO* memory) {
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory, &text);
    SHU_ASSERT(length > 0);
    return {text, static_cast<std::size_t>(length)};
}

bool is_on_our_curve(const EVP_PKEY* key) {
    std::array<char, 64> group{};
    return EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
           OBJ_sn2nid(group.data()) == NID_sm2;
}

Number number_in(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    return Number(number);
}

// The point of a parsed key, empty if it has none.
std::string point_in(const EVP_PKEY* key) {
    const Number x = number_in(key, OSSL_PKEY_PARAM_EC_PUB_X);
    const Number y = number_in(key, OSSL_PKEY_PARAM_EC_PUB_Y);
    if (x == nullptr || y == nullptr) return {};
    std::string point(kPointBytes, '\4');
    const int half = static_cast<int>(kScalarBytes);
    if (BN_bn2binpad(x.get(), data_of(point) + 1, half) != half ||
        BN_bn2binpad(y.get(), data_of(point) + 1 + kScalarBytes, half) != half) {
        return {};
    }
    return point;
}

}  // namespace

// ---- public key

Sm2PublicKey::Sm2PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<Sm2PublicKey> Sm2PublicKey::from_point(std::string_view point) {
    std::string whole(point);
    if (whole.size() == kPointBytes - 1) whole.insert(whole.begin(), '\4');
    if (!is_point(whole)) return invalid("an SM2 public key is 04 || x || y, a point of the curve");
    Key key = make_key(whole, nullptr);
    return Sm2PublicKey(std::make_shared<const State>(State{std::move(key), std::move(whole)}));
}

Result<Sm2PublicKey> Sm2PublicKey::from_pem(std::string_view pem) {
    if (pem.size() > limits::pem_bytes_max) return invalid("a PEM key has at most 16 KiB");
    const Key key(PEM_read_bio_PUBKEY(memory_over(pem).get(), nullptr, no_passphrase, nullptr));
    if (key == nullptr) return refusal(invalid("not a PEM public key"));
    if (!is_on_our_curve(key.get())) return refusal(invalid("the PEM public key is not for SM2"));
    return from_point(point_in(key.get()));
}

std::string Sm2PublicKey::point() const {
    return state_->point;
}

std::string Sm2PublicKey::pem() const {
    const Memory memory(BIO_new(BIO_s_mem()));
    SHU_ASSERT(memory != nullptr && PEM_write_bio_PUBKEY(memory.get(), state_->key.get()) == 1);
    return text_in(memory.get());
}

Result<void> Sm2PublicKey::verify(std::string_view message, std::string_view signature,
                                  std::string_view id) const {
    if (id.size() > kSm2IdBytesMax) return invalid("an SM2 id is at most 8190 bytes");
    const std::string der = SHU_TRY(signature_to_der(signature));
    const SignatureContext context(state_->key.get(), id);
    SHU_ASSERT(EVP_DigestVerifyInit(context.of_message.get(), nullptr, algorithm(HashName::kSm3),
                                    nullptr, state_->key.get()) == 1);
    if (EVP_DigestVerify(context.of_message.get(), data_of(der), der.size(), data_of(message),
                         message.size()) != 1) {
        return refusal(corrupt("the SM2 signature is not of this message by this key and id"));
    }
    return {};
}

Result<std::string> Sm2PublicKey::encrypt(std::string_view message) const {
    if (message.empty()) return invalid("SM2 encrypts no empty message");
    if (message.size() > limits::sm2_message_bytes_max) {
        return invalid("SM2 encrypts at most 64 KiB; seal longer messages with SM4");
    }
    for (;;) {
        const KeyContext context = context_of(state_->key.get());
        std::size_t length = 0;
        SHU_ASSERT(EVP_PKEY_encrypt_init(context.get()) == 1);
        SHU_ASSERT(EVP_PKEY_encrypt(context.get(), nullptr, &length, data_of(message),
                                    message.size()) == 1);
        std::string der(length, '\0');
        SHU_ASSERT(EVP_PKEY_encrypt(context.get(), data_of(der), &length, data_of(message),
                                    message.size()) == 1);
        der.resize(length);
        std::string raw = ciphertext_from_der(der).value();
        // A key stream of zeros, likely for one byte, is to be drawn again (GB/T 32918.4-2016 6.1
        // A5); OpenSSL lets it pass.
        if (std::string_view(raw).substr(kCiphertextHeadBytes) != message) return raw;
    }
}

// ---- private key

Sm2Key::Sm2Key(std::shared_ptr<const Sm2PublicKey::State> state, Sm2PublicKey public_key)
    : state_(std::move(state)), public_key_(std::move(public_key)) {}

Sm2Key Sm2Key::generate() {
    const Number order(BN_dup(EC_GROUP_get0_order(curve())));
    const Number scalar(BN_secure_new());
    SHU_ASSERT(order != nullptr && scalar != nullptr);
    do {
        SHU_ASSERT(BN_priv_rand_range(scalar.get(), order.get()) == 1);
    } while (!is_scalar(scalar.get()));
    std::string bytes(kScalarBytes, '\0');
    const int length = static_cast<int>(bytes.size());
    SHU_ASSERT(BN_bn2binpad(scalar.get(), data_of(bytes), length) == length);
    Result<Sm2Key> key = from_scalar(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return std::move(key).value();
}

Result<Sm2Key> Sm2Key::from_scalar(std::string_view scalar) {
    if (scalar.size() != kScalarBytes) return invalid("an SM2 private key is 32 bytes");
    const Number number(BN_secure_new());
    SHU_ASSERT(number != nullptr);
    SHU_ASSERT(BN_bin2bn(data_of(scalar), static_cast<int>(scalar.size()), number.get()) !=
               nullptr);
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    if (!is_scalar(number.get())) return invalid("an SM2 private key lies between 1 and n-2");
    std::string point = point_of(number.get());
    Sm2PublicKey public_key = SHU_TRY(Sm2PublicKey::from_point(point));
    Key key = make_key(point, number.get());
    auto state = std::make_shared<const Sm2PublicKey::State>(
        Sm2PublicKey::State{std::move(key), std::move(point)});
    return Sm2Key(std::move(state), std::move(public_key));
}

Result<Sm2Key> Sm2Key::from_pem(std::string_view pem) {
    if (pem.size() > limits::pem_bytes_max) return invalid("a PEM key has at most 16 KiB");
    const Key parsed(
        PEM_read_bio_PrivateKey(memory_over(pem).get(), nullptr, no_passphrase, nullptr));
    if (parsed == nullptr) {
        return refusal(invalid("not a PEM private key, or one locked by a passphrase"));
    }
    if (!is_on_our_curve(parsed.get())) {
        return refusal(invalid("the PEM private key is not for SM2"));
    }
    const Number scalar = number_in(parsed.get(), OSSL_PKEY_PARAM_PRIV_KEY);
    std::string bytes(kScalarBytes, '\0');
    const int length = static_cast<int>(bytes.size());
    if (scalar == nullptr || BN_bn2binpad(scalar.get(), data_of(bytes), length) != length) {
        return refusal(invalid("the PEM private key has no number of 32 bytes"));
    }
    Result<Sm2Key> key = from_scalar(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    if (key.ok() && key->public_key().point() != point_in(parsed.get())) {
        return refusal(invalid("the public key in the PEM file is not that of the private key"));
    }
    return key;
}

std::string Sm2Key::pem() const {
    const Memory memory(BIO_new(BIO_s_secmem()));
    SHU_ASSERT(memory != nullptr &&
               PEM_write_bio_PKCS8PrivateKey(memory.get(), state_->key.get(), nullptr, nullptr, 0,
                                             nullptr, nullptr) == 1);
    return text_in(memory.get());
}

std::string Sm2Key::sign(std::string_view message, std::string_view id) const {
    const SignatureContext context(state_->key.get(), id);
    SHU_ASSERT(EVP_DigestSignInit(context.of_message.get(), nullptr, algorithm(HashName::kSm3),
                                  nullptr, state_->key.get()) == 1);
    std::array<unsigned char, 80> der{};  // two numbers of 33 bytes with their heads are 72
    std::size_t length = der.size();
    SHU_ASSERT(EVP_DigestSign(context.of_message.get(), der.data(), &length, data_of(message),
                              message.size()) == 1);
    return signature_from_der({reinterpret_cast<const char*>(der.data()), length}).value();
}

Result<std::string> Sm2Key::decrypt(std::string_view ciphertext) const {
    const std::string der = SHU_TRY(ciphertext_to_der(ciphertext));
    if (!is_point(ciphertext.substr(0, kPointBytes))) {
        return invalid("the ciphertext does not begin with a point of the curve");
    }
    const KeyContext context = context_of(state_->key.get());
    SHU_ASSERT(EVP_PKEY_decrypt_init(context.get()) == 1);
    std::size_t length = 0;
    if (EVP_PKEY_decrypt(context.get(), nullptr, &length, data_of(der), der.size()) != 1) {
        return refusal(invalid("not an SM2 ciphertext"));
    }
    std::string message(length, '\0');
    if (EVP_PKEY_decrypt(context.get(), data_of(message), &length, data_of(der), der.size()) != 1) {
        return refusal(corrupt("the SM2 ciphertext does not open with this key"));
    }
    message.resize(length);
    return message;
}

// ---- key file

namespace {

Result<void> settle_public_file(const std::string& path, const Sm2PublicKey& key) {
    const Result<std::string> text = file::read(path, limits::pem_bytes_max);
    if (!text.ok()) {
        if (text.error().code != Code::kNotFound) return text.error();
        return file::replace(path, key.pem(), file::Access::kEveryone);
    }
    const Result<Sm2PublicKey> written = Sm2PublicKey::from_pem(*text);
    if (written.ok() && *written == key) return {};
    return invalid(
        path +
        " is not the public key of the private key beside it; remove it to have it written anew");
}

}  // namespace

Result<Sm2Key> Sm2Key::open_or_create(const std::string& path) {
    const std::string public_path = path + ".pub";
    const Result<std::string> pem = file::read_secret(path, limits::pem_bytes_max);
    if (!pem.ok() && pem.error().code != Code::kNotFound) return pem.error();
    // The private key is written first, so it was there once: a new one would silently change who
    // signs.
    if (!pem.ok() && file::exists(public_path)) {
        return invalid(
            path + " is gone and " + public_path +
            " is still there; restore the private key, or remove the public one to begin "
            "with a new pair");
    }
    Result<Sm2Key> key = pem.ok() ? from_pem(*pem) : generate();
    if (!key.ok()) return within(path, std::move(key).error());
    if (!pem.ok()) SHU_CHECK(file::replace(path, key->pem(), file::Access::kOwner));
    SHU_CHECK(settle_public_file(public_path, key->public_key()));
    return key;
}

}  // namespace shu::crypto
