// The command line of `shu`. The parts of a running city are put together in
// command/installation.cc, in the order in which they need each other, and served in
// command/serve.cc.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "command/city_command.h"
#include "command/demo_command.h"
#include "command/key_rotation.h"
#include "command/ledger_command.h"
#include "command/operation.h"
#include "command/rule_command.h"
#include "command/serve.h"
#include "foundation/config.h"

namespace {

using namespace shu::command;

/// Where the web application lies: beside the program when installed, in the checkout when built
/// there.
std::string default_web_folder() {
    std::error_code ignored;
    const std::filesystem::path program =
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const auto& folder : {program / "web", program / ".." / ".." / "web" / "dist"})
        if (std::filesystem::exists(folder / "index.html", ignored))
            return folder.lexically_normal().string();
    return "";
}

void add_installation(CLI::App& command, InstallationOptions& options, bool city_needed) {
    auto* city =
        command.add_option("--city", options.city_folder, "The folder that declares the city");
    if (city_needed) city->required();
    command.add_option("--data", options.data_folder, "The folder of the city's data")->required();
    command.add_option("--database", options.database_url,
                       "postgres://...; without it SQLite in the data folder");
    command.add_option("--node", options.node, "This server's number among those of one database")
        ->check(CLI::Range(0, 1023));
}

struct Arguments {
    InstallationOptions installation;
    ServeOptions serve;
    shu::ConfigOverrides overrides;
    DemoOptions demo;
    FeelOptions feel;
    RuleOptions rule;
    std::string config, folder, act, receipt, key, output;
    int exit_code = 0;
};

int fail(const shu::Error& error) {
    std::cerr << "shu: " << error.detail << "\n";
    return 1;
}

int exit_code_of(const shu::Result<void>& done) {
    return done.ok() ? 0 : fail(done.error());
}
int exit_code_of(const shu::Result<int>& verdict) {
    return verdict.ok() ? *verdict : fail(verdict.error());
}

int serve_city(Arguments& in) {
    auto config = shu::read_config(in.config, in.overrides);
    if (!config.ok()) return fail(config.error());
    in.serve.config = std::move(*config);
    return exit_code_of(serve(in.serve, shu::Log::open(in.serve.config.log_level), std::cout));
}

/// `shu city plan|apply`: opens the data folder and hands it to the command.
int with_installation(Arguments& in, bool applies) {
    in.installation.city_folder = in.folder;
    in.installation.must_exist = !applies;
    auto installation = Installation::open(in.installation, shu::Log::none());
    if (!installation.ok()) return fail(installation.error());
    const Output output{.out = std::cout, .colour = wants_colour()};
    if (applies) return exit_code_of(city_apply(in.folder, (*installation)->apply_parts(), output));
    return exit_code_of(city_plan(in.folder, *(*installation)->database, output));
}

void add_serve(CLI::App& app, Arguments& in) {
    CLI::App& command = *app.add_subcommand("serve", "Serve a city");
    command.add_option("--config", in.config, "A YAML file with these settings")
        ->check(CLI::ExistingFile);
    command.add_option("--city", in.overrides.city_folder, "The folder that declares the city");
    command.add_option("--data", in.overrides.data_folder, "The folder of the city's data");
    command.add_option("--database", in.overrides.database_url,
                       "postgres://...; without it SQLite in the data folder");
    command.add_option("--listen", in.overrides.listen,
                       "HOST:PORT, repeatable; default localhost:8080 on IPv4 and IPv6");
    command.add_flag("--demo", in.overrides.demo,
                     "Allow the demonstration accounts, from this machine only");
    command.add_option("--tls-certificate", in.overrides.tls_certificate_path,
                       "PEM chain; serves HTTPS");
    command.add_option("--tls-key", in.overrides.tls_key_path, "PEM private key");
    command.add_option("--threads", in.overrides.threads,
                       "Threads for connections; default one a core");
    command.add_option("--workers", in.overrides.workers,
                       "Threads for requests; default two a core");
    command.add_option("--trace-archive", in.overrides.trace_archive_folder,
                       "Folder for old segments of the gateway's trace; without it they stay");
    command.add_option(
        "--trace-online-days", in.overrides.trace_online_days,
        "How long the trace stays in the data folder; at least, and by default, 180");
    command.add_option("--log", in.overrides.log_level, "debug, info, warning or error");
    command.add_option("--web", in.serve.web_folder, "The built web application")
        ->default_val(default_web_folder());
    command.add_option("--node", in.serve.node, "This server's number among those of one database")
        ->check(CLI::Range(0, 1023));
    command.callback([&in] { in.exit_code = serve_city(in); });
}

void add_demo(CLI::App& app, Arguments& in) {
    CLI::App& command = *app.add_subcommand("demo", "Fill a data folder with a synthetic city");
    add_installation(command, in.installation, true);
    command.add_option("--people", in.demo.people, "How many people live in it")
        ->check(CLI::Range(100, 9'000'000));
    command.add_option("--seed", in.demo.seed, "The same seed gives the same people");
    command.add_flag("--once", in.demo.once, "Do nothing where the demonstration is there already");
    command.callback(
        [&in] { in.exit_code = exit_code_of(demo(in.installation, in.demo, std::cout)); });
}

void add_city(CLI::App& app, Arguments& in) {
    CLI::App& city = *app.add_subcommand("city", "Check, plan and apply a city folder");
    city.require_subcommand(1);
    CLI::App& check = *city.add_subcommand("check", "Find every mistake of the folder");
    check.add_option("FOLDER", in.folder)->required();
    check.callback([&in] {
        in.exit_code =
            exit_code_of(city_check(in.folder, {.out = std::cout, .colour = wants_colour()}));
    });
    for (const bool applies : {false, true}) {
        CLI::App& command =
            applies ? *city.add_subcommand("apply", "Change the city to what the folder declares")
                    : *city.add_subcommand("plan", "Show what apply would change");
        command.add_option("FOLDER", in.folder)->required();
        command.add_option("--data", in.installation.data_folder, "The folder of the city's data")
            ->required();
        command.add_option("--database", in.installation.database_url, "postgres://...");
        command.callback([&in, applies] { in.exit_code = with_installation(in, applies); });
    }
    CLI::App& schema = *city.add_subcommand("schema", "Write a JSON Schema for each kind of file");
    schema.add_option("FOLDER", in.output, "Where to write them")->required();
    schema.callback([&in] {
        in.exit_code =
            exit_code_of(city_schema(in.output, {.out = std::cout, .colour = wants_colour()}));
    });
}

void add_ledger(CLI::App& app, Arguments& in) {
    CLI::App& ledger = *app.add_subcommand(
        "ledger", "Verify the log of acts, prove and check one, change the key");
    ledger.require_subcommand(1);
    CLI::App& verify =
        *ledger.add_subcommand("verify", "Read everything again and name the first bad entry");
    add_installation(verify, in.installation, false);
    verify.callback(
        [&in] { in.exit_code = exit_code_of(ledger_verify(in.installation, std::cout)); });
    CLI::App& prove = *ledger.add_subcommand("prove", "Write the receipt of an act");
    prove.add_option("ACT", in.act, "Sequence number or id")->required();
    add_installation(prove, in.installation, false);
    prove.add_option("--output", in.output, "File to write; default standard output");
    prove.callback([&in] {
        in.exit_code = exit_code_of(ledger_prove(in.installation, in.act, in.output, std::cout));
    });
    CLI::App& key = *ledger.add_subcommand("key", "The key that checkpoints are signed with");
    key.require_subcommand(1);
    CLI::App& rotate = *key.add_subcommand(
        "rotate", "Let a new key take over, by an act that the old key signs last");
    add_installation(rotate, in.installation, false);
    rotate.callback([&in] { in.exit_code = exit_code_of(rotate_key(in.installation, std::cout)); });
    CLI::App& check =
        *ledger.add_subcommand("check", "Verify a receipt with the city's public key alone");
    check.add_option("RECEIPT", in.receipt)->required();
    check.add_option("--key", in.key, "The public key in force at its checkpoint, PEM")->required();
    check.callback(
        [&in] { in.exit_code = exit_code_of(ledger_check(in.receipt, in.key, std::cout)); });
}

void add_feel(CLI::App& app, Arguments& in) {
    CLI::App& command = *app.add_subcommand("feel", "Evaluate an expression of FEEL");
    command.add_option("EXPRESSION", in.feel.expression)->required();
    command.add_option("--context", in.feel.context, "JSON object of the names it uses, or @FILE");
    command.add_flag("--json", in.feel.json, "The value as JSON");
    command.callback([&in] {
        in.exit_code = feel(in.feel, {{std::cout, wants_colour()}, std::cerr});
    });
}

void add_rule(CLI::App& app, Arguments& in) {
    CLI::App& rule = *app.add_subcommand("rule", "Check and evaluate decision models (DMN)");
    rule.require_subcommand(1);
    const auto add_language = [&in](CLI::App& command) {
        command.add_option("--language", in.rule.language, "Of sentences for people")
            ->check(CLI::IsMember({"zh", "en"}));
    };
    CLI::App& check =
        *rule.add_subcommand("check", "Every mistake with its cell, and the analysis of tables");
    check.add_option("FILE", in.rule.file)->required();
    check.add_flag("--json", in.rule.json, "The report as JSON");
    check.add_flag("--strict", in.rule.strict, "Fail on gaps, overlaps and other findings too");
    add_language(check);
    check.callback([&in] {
        in.exit_code = rule_check(in.rule, {{std::cout, wants_colour()}, std::cerr});
    });
    CLI::App& evaluate = *rule.add_subcommand("evaluate", "Evaluate one decision");
    evaluate.add_option("FILE", in.rule.file)->required();
    evaluate.add_option("--decision", in.rule.decision, "Decision or decision service")->required();
    evaluate.add_option("--input", in.rule.input, "JSON object of inputs by name, or @FILE")
        ->required();
    evaluate
        .add_flag("--explain{json}", in.rule.explain,
                  "Why it came out so: --explain as JSON, --explain=text as a page")
        ->check(CLI::IsMember({"json", "text"}));
    add_language(evaluate);
    evaluate.callback([&in] {
        in.exit_code = rule_evaluate(in.rule, {{std::cout, wants_colour()}, std::cerr});
    });
}

void add_openapi(CLI::App& app, Arguments& in) {
    CLI::App& command =
        *app.add_subcommand("openapi", "Print the OpenAPI document of the interface");
    command.add_option("--city", in.folder, "The folder of any city")->required();
    command.callback([&in] { in.exit_code = exit_code_of(print_openapi(in.folder, std::cout)); });
}

}  // namespace

int main(int argc, char** argv) {
    Arguments in;
    CLI::App app("Shu, the software of a city's digital government", "shu");
    app.set_version_flag("--version", std::string(kVersion));
    app.require_subcommand(1);
    add_serve(app, in);
    add_demo(app, in);
    add_city(app, in);
    add_ledger(app, in);
    add_feel(app, in);
    add_rule(app, in);
    add_openapi(app, in);
    if (argc == 1) {
        std::cerr << app.help();
        return 1;
    }
    CLI11_PARSE(app, argc, argv);
    return in.exit_code;
}
