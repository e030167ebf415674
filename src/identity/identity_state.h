// What the module's face and its routes share. Inside the module only.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "foundation/crypto/sm3.h"
#include "identity/account_store.h"
#include "identity/identity.h"

namespace shu::identity {

struct Identity::State {
    store::Database& database;
    const Clock& clock;
    IdMaker& ids;
    IdentityOptions options;
    std::shared_ptr<const Log> log;
    crypto::HmacSm3 subject_mac;

    std::atomic<std::shared_ptr<const Directory>> directory;
    std::mutex refresh_mutex;
    std::int64_t version = -1;  // of the directory; guarded by refresh_mutex

    Result<void> refresh();

    /// A fresh client secret and the box that is stored of it.
    struct SealedSecret {
        std::string secret, box;
    };
    SealedSecret make_secret() const;

    /// The actor for an account, with the permissions of its post.
    std::shared_ptr<const Actor> actor_for(const Account& account) const;
    Result<std::shared_ptr<const Actor>> actor_of_session(std::string_view token);

    struct SignedIn {
        std::string token;
        std::shared_ptr<const Actor> actor;
    };
    /// Errors: Unsigned for a wrong name or password, Exhausted while locked, Denied for demo
    /// accounts from elsewhere.
    Result<SignedIn> sign_in(std::string_view name, std::string_view password,
                             const http::Request& request);
    Result<void> change_password(const Actor& actor, std::string_view old_password,
                                 std::string_view new_password);

 private:
    Result<void> refuse(const Account& account, const http::Request& request);
};

/// One route with what all of the module's have in common.
struct RouteSpec {
    http::Method method = http::Method::kGet;
    std::string pattern;
    http::Access access;
    std::string summary;
    std::shared_ptr<const Shape> answer = {};
    std::shared_ptr<const Shape> body = {};
    std::vector<std::pair<std::string, std::string>> query = {};
};
void add_route(http::Router& router, RouteSpec spec, http::Handler handler);

/// Account kinds, in answers.
Shape kind_shape();

// The groups of routes; Identity::add_routes() adds them all.
void add_account_routes(http::Router& router, Identity::State& state);
void add_post_routes(http::Router& router, Identity::State& state);
void add_client_routes(http::Router& router, Identity::State& state);

/// Errors: Invalid with what is missing: at least 10 characters of at least three kinds (GB/T
/// 22239-2019 8.1.4.1).
Result<void> check_password_strength(std::string_view password);

}  // namespace shu::identity
