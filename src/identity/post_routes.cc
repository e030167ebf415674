// Roles and posts, and what the security administrator assigns to posts.
#include <algorithm>

#include "foundation/limits.h"
#include "identity/administration_store.h"
#include "identity/identity_state.h"

namespace shu::identity {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view kVerb = "role.manage";

Shape scope_shape() {
    return Shape::one_of({"own", "subtree", "city"});
}

json::array list_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

json::object json_of(const Directory& directory, const Post& post) {
    const Organisation* organisation = directory.organisation(post.organisation);
    json::object shown{{"code", post.code},
                       {"name", post.name},
                       {"name_en", post.name_en},
                       {"organisation", post.organisation},
                       {"organisation_name", organisation ? organisation->name : ""},
                       {"roles", list_of(post.roles_in_force())},
                       {"declared_roles", list_of(post.roles)},
                       {"widest", nullptr},
                       {"assigned", post.assigned.has_value()}};
    if (post.assigned && post.assigned->widest) shown["widest"] = to_string(*post.assigned->widest);
    return shown;
}

Shape post_answer() {
    return Shape::answer(
        "Post",
        {{"code", Shape::text()},
         {"name", Shape::text()},
         {"name_en", Shape::text()},
         {"organisation", Shape::text()},
         {"organisation_name", Shape::text()},
         {"roles", Shape::list(Shape::text()), false, "codes of the roles in force"},
         {"declared_roles", Shape::list(Shape::text()), false, "by the city folder"},
         {"widest", scope_shape().or_null(), false, "its permissions reach no farther"},
         {"assigned", Shape::boolean(), false, "roles or scope were assigned, not declared"}});
}

json::object json_of(const Role& role) {
    json::array permissions;
    for (const Permission& held : role.permissions)
        permissions.push_back(json::object{
            {"verb", held.verb}, {"scope", to_string(held.scope)}, {"level", held.level}});
    return {{"code", role.code},
            {"name", role.name},
            {"name_en", role.name_en},
            {"permissions", std::move(permissions)}};
}

Shape role_answer() {
    const Shape permission = Shape::answer(
        "Permission",
        {{"verb", Shape::text()}, {"scope", scope_shape()}, {"level", Shape::integer(1, 6)}});
    return Shape::answer("Role", {{"code", Shape::text()},
                                  {"name", Shape::text()},
                                  {"name_en", Shape::text()},
                                  {"permissions", Shape::list(permission)}});
}

Result<Assignment> assignment_from(const Directory& directory, const Post& post,
                                   const json::value& body) {
    const json::Reader in(body);
    Assignment assignment;
    assignment.post = post.code;
    assignment.roles = in.texts("roles");
    assignment.reason = SHU_TRY(in.text("reason"));
    if (assignment.reason.size() > limits::purpose_bytes_max)
        return invalid("/reason: is too long");
    if (in.has("widest")) assignment.widest = scope_from(SHU_TRY(in.text("widest")));
    std::vector<Permission> held;
    for (std::size_t i = 0; i < assignment.roles.size(); ++i) {
        const std::string at = "/roles/" + std::to_string(i);
        const Role* role = directory.role(assignment.roles[i]);
        if (!role) return invalid(at + ": there is no role '" + assignment.roles[i] + "'");
        if (std::ranges::count(assignment.roles, assignment.roles[i]) > 1)
            return invalid(at + ": '" + assignment.roles[i] + "' is named twice");
        held.insert(held.end(), role->permissions.begin(), role->permissions.end());
    }
    const auto separated = separated_verbs(held);
    if (separated.size() > 1)
        return invalid("/roles: they join " + std::string(*separated.begin()) + " and " +
                       std::string(*std::next(separated.begin())) +
                       "; system, security and audit administration are three posts");
    return assignment;
}

class PostRoutes {
 public:
    explicit PostRoutes(Identity::State& state) : state_(state) {}

    Result<Response> roles(Request&) const {
        json::array items;
        for (const Role& role : state_.directory.load()->roles())
            items.push_back(json_of(role));
        return Response::page(std::move(items), std::nullopt);
    }

    Result<Response> list(Request& request) const {
        const auto directory = state_.directory.load();
        const std::size_t limit = SHU_TRY(request.page_limit());
        const std::string words = SHU_TRY(request.query_parameter("q")).value_or("");
        const std::string cursor = SHU_TRY(request.query_parameter("cursor")).value_or("");
        json::array items;
        std::string last;
        for (const Post& post : directory->posts()) {  // in the order of their codes
            if (post.code <= cursor) continue;
            const bool matches = words.empty() || post.name.find(words) != std::string::npos ||
                                 post.name_en.find(words) != std::string::npos ||
                                 post.code.find(words) != std::string::npos ||
                                 post.organisation == words;
            if (!matches) continue;
            if (items.size() == limit) return Response::page(std::move(items), last);
            items.push_back(json_of(*directory, post));
            last = post.code;
        }
        return Response::page(std::move(items), std::nullopt);
    }

    Result<Response> assign(Request& request) const {
        const Actor& actor = actor_of(request);
        const Post* post = SHU_TRY(find(request));
        const json::value body = SHU_TRY(request.json_body());
        Assignment assignment = SHU_TRY(assignment_from(*actor.directory, *post, body));
        assignment.by = actor.display_name;
        assignment.at = state_.clock.now();
        ledger::Act act = actor.act("post.assign", "post:" + post->code);
        act.result = "done";
        act.detail = {{"roles", list_of(assignment.roles)},
                      {"before", list_of(post->roles_in_force())},
                      {"reason", assignment.reason}};
        if (assignment.widest) act.detail["widest"] = to_string(*assignment.widest);
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            SHU_CHECK(put_assignment(tx, assignment));
            SHU_TRY(ledger::record(tx, state_.ids, state_.clock, act));
            return {};
        }));
        return refreshed(post->code);
    }

    Result<Response> unassign(Request& request) const {
        const Actor& actor = actor_of(request);
        const Post* post = SHU_TRY(find(request));
        ledger::Act act = actor.act("post.unassign", "post:" + post->code);
        act.result = "done";
        act.detail = {{"roles", list_of(post->roles)}, {"before", list_of(post->roles_in_force())}};
        SHU_CHECK(state_.database.write([&](store::Transaction& tx) -> Result<void> {
            if (!SHU_TRY(remove_assignment(tx, post->code)))
                return conflict("nothing is assigned to the post '" + post->code +
                                "'; it has the roles that the city folder declares");
            SHU_TRY(ledger::record(tx, state_.ids, state_.clock, act));
            return {};
        }));
        return refreshed(post->code);
    }

 private:
    /// The post of the path, borrowed from the actor's directory. Errors: NotFound, Denied;
    /// Conflict for the own post, because nobody gives permissions to oneself.
    Result<const Post*> find(const Request& request) const {
        const Actor& actor = actor_of(request);
        const Post* post = actor.directory->post(request.parameter("code"));
        if (!post)
            return not_found("there is no post '" + std::string(request.parameter("code")) + "'");
        SHU_CHECK(actor.require(kVerb, post->organisation));
        if (post->code == actor.post)
            return conflict("nobody assigns roles to the own post; ask another administrator");
        return post;
    }

    Result<Response> refreshed(const std::string& code) const {
        SHU_CHECK(state_.refresh());
        const auto directory = state_.directory.load();
        const Post* post = directory->post(code);
        if (!post) return not_found("the post '" + code + "' has been removed meanwhile");
        return Response::json(json_of(*directory, *post));
    }

    Identity::State& state_;
};

}  // namespace

void add_post_routes(http::Router& router, Identity::State& state) {
    const auto routes = std::make_shared<const PostRoutes>(state);
    using Member = Result<Response> (PostRoutes::*)(Request&) const;
    const auto add = [&](Member member, RouteSpec spec) {
        add_route(router, std::move(spec),
                  [routes, member](Request& request) { return ((*routes).*member)(request); });
    };
    const auto post = http::shared(post_answer());
    add(&PostRoutes::roles, {.pattern = "/api/roles",
                             .access = Access::permission("organisation.read"),
                             .summary = "Roles with their permissions",
                             .answer = http::page_shape("Role", role_answer())});
    add(&PostRoutes::list,
        {.pattern = "/api/posts",
         .access = Access::permission("organisation.read"),
         .summary = "Posts with the roles in force",
         .answer = http::page_shape("Post", post_answer()),
         .query = {{"q", "a part of name or code, or the code of an organisation"},
                   {"limit", "items on a page"},
                   {"cursor", "`next` of the page before"}}});
    add(&PostRoutes::assign,
        {.method = Method::kPut,
         .pattern = "/api/posts/{code}/assignment",
         .access = Access::permission(std::string(kVerb)),
         .summary = "Assign roles to a post and narrow their scope, effective at once",
         .answer = post,
         .body = http::shared(Shape::object(
             {{"roles", Shape::list(Shape::text(), 1), true, "Codes of the roles"},
              {"widest", scope_shape(), false, "Permissions reach no farther than this"},
              {"reason", Shape::text(), true, "Why"}}))});
    add(&PostRoutes::unassign, {.method = Method::kDelete,
                                .pattern = "/api/posts/{code}/assignment",
                                .access = Access::permission(std::string(kVerb)),
                                .summary = "Return a post to the roles that the city declares",
                                .answer = post});
}

}  // namespace shu::identity
