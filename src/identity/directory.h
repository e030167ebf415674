// Organisations, roles and posts: an immutable snapshot that checks read without a lock.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.h"
#include "foundation/shape.h"

namespace shu::identity {

/// A body of government or an enterprise, as the city folder declares it (organisations/*.yaml).
struct Organisation {
    std::string code;  ///< short stable code of the city, e.g. `public-security`
    std::string name;  ///< 沈阳市公安局
    std::string name_en;
    std::string short_name;   ///< 市公安局
    std::string credit_code;  ///< GB 32100-2015, 18 characters
    std::string parent;       ///< code; empty at the top
    std::string division;     ///< 12 digits, the territory it serves
    std::string kind;         ///< government, department, district, street, institution, enterprise
};

/// How far a permission reaches. Wider contains narrower.
enum class Scope { kOwn, kSubtree, kCity };

/// verb x scope x level: may do `verb` to what belongs to organisations in `scope`, up to data
/// level `level` (1..6).
struct Permission {
    std::string verb;
    Scope scope = Scope::kOwn;
    int level = 1;
};

struct Role {
    std::string code;
    std::string name;
    std::string name_en;
    std::vector<Permission> permissions;
};

/// A seat in an organisation with roles; accounts hold posts. The city folder declares it; the
/// security administrator may assign other roles to it and narrow how far they reach.
struct Post {
    std::string code;
    std::string name;
    std::string name_en;
    std::string organisation;
    std::vector<std::string> roles;  ///< as declared

    struct Assigned {
        std::vector<std::string> roles;
        std::optional<Scope> widest;  ///< permissions reach no farther; none: as the roles say
    };
    std::optional<Assigned> assigned = {};

    const std::vector<std::string>& roles_in_force() const {
        return assigned ? assigned->roles : roles;
    }
};

/// The verbs among `permissions` that belong to the three separated administrators: one post never
/// holds two of them. GB/T 39477-2020 6.2.
std::set<std::string_view> separated_verbs(std::span<const Permission> permissions);

std::string_view to_string(Scope scope);
Scope scope_from(std::string_view text);  ///< an unknown text reads as the narrowest

/// const members may be called concurrently.
class Directory {
 public:
    Directory(std::vector<Organisation> organisations, std::vector<Role> roles,
              std::vector<Post> posts);

    const Organisation* organisation(std::string_view code) const;
    const Role* role(std::string_view code) const;
    const Post* post(std::string_view code) const;
    const std::vector<Organisation>& organisations() const { return organisations_; }
    const std::vector<Role>& roles() const { return roles_; }
    const std::vector<Post>& posts() const { return posts_; }
    std::vector<const Organisation*> children(std::string_view code) const;

    /// What whoever holds the post may do: the permissions of its roles, none wider than the post
    /// allows.
    std::vector<Permission> permissions_of(const Post& post) const;

    /// True if `code` is `ancestor` or stands below it.
    bool is_within(std::string_view code, std::string_view ancestor) const;

 private:
    std::vector<Organisation> organisations_;
    std::vector<Role> roles_;
    std::vector<Post> posts_;
    std::map<std::string, std::size_t, std::less<>> organisation_index_, role_index_, post_index_;
};

/// What the files of the city folder look like (one item of each list), and how an item becomes a
/// value.
Shape organisation_shape();
Shape role_shape();
Shape post_shape();
Organisation organisation_from(const json::value& v);  ///< of a value that passed the shape
Role role_from(const json::value& v);
Post post_from(const json::value& v);

}  // namespace shu::identity
