// Every limit on outside data, queues, caches and waits, by name and in one place.
//
// A limit that a city may have to change is a configuration value whose default stands here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shu::limits {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;
inline constexpr std::size_t kGiB = 1024 * kMiB;

// foundation: documents
inline constexpr std::size_t json_bytes_max = 4 * kMiB;
inline constexpr std::size_t json_depth_max = 32;
inline constexpr std::size_t yaml_bytes_max = 16 * kMiB;
inline constexpr std::size_t yaml_depth_max = 32;
inline constexpr std::size_t yaml_nodes_max = 1'000'000;
inline constexpr std::size_t pattern_text_bytes_max =
    1 * kKiB;  ///< longest text tried against a Shape's pattern
inline constexpr std::size_t word_characters_max =
    64;                                             ///< longest word that "did you mean" compares
inline constexpr std::size_t problems_max = 1'000;  ///< mistakes reported in one check

// foundation: keys and messages
inline constexpr std::size_t pem_bytes_max = 16 * kKiB;
inline constexpr std::size_t sm2_message_bytes_max = 64 * kKiB;

// foundation: the server's settings
inline constexpr std::size_t listen_endpoints_max = 16;
inline constexpr int server_threads_max = 256;
inline constexpr int server_workers_max = 1'024;

// store
inline constexpr std::size_t write_queue_max = 4'096;  ///< transactions waiting for the writer
inline constexpr std::size_t write_group_max = 256;    ///< transactions committed by one sync
inline constexpr int write_retries_max = 16;        ///< serialization failures before Unavailable
inline constexpr std::size_t rows_max = 1'000'000;  ///< rows one query may hold in memory
inline constexpr std::size_t statement_cache_max = 256;  ///< prepared statements a connection keeps
inline constexpr int sqlite_busy_timeout_ms =
    5'000;  ///< waiting for another program that writes to the file
inline constexpr std::size_t sqlite_writer_cache_kib = 64 * 1024;
inline constexpr std::size_t sqlite_reader_cache_kib = 8 * 1024;  ///< of each read connection
inline constexpr int sqlite_checkpoint_pages =
    4'096;  ///< log pages after which they move to the file
inline constexpr std::size_t sqlite_log_bytes_kept = 64 * kMiB;  ///< the log's size after a burst
inline constexpr int write_gather_us_max = 1'000;                ///< waiting for a group to fill
inline constexpr std::size_t postgres_connections_max = 16;      ///< connections a process opens
inline constexpr int blob_abandoned_hours = 48;  ///< unfinished uploads older than this are removed
inline constexpr std::size_t pipeline_statements_max =
    256;  ///< sent to PostgreSQL before their answers are read
inline constexpr int commit_notice_interval_ms = 5;  ///< between two NOTIFY of one process
inline constexpr int postgres_reconnect_ms = 500;    ///< between attempts of the listener
inline constexpr int postgres_connect_timeout_s = 5;
inline constexpr int postgres_statement_timeout_ms = 60'000;

// http
inline constexpr std::size_t http_header_bytes_max = 16 * kKiB;
inline constexpr std::size_t http_headers_max = 64;
inline constexpr std::size_t http_target_bytes_max = 8 * kKiB;
inline constexpr std::size_t http_body_bytes_max = 1 * kMiB;     ///< bodies held in memory
inline constexpr std::size_t http_upload_bytes_max = 16 * kGiB;  ///< bodies spooled to disk
inline constexpr std::size_t http_connections_max = 10'000;
inline constexpr std::size_t http_descriptors_reserved =
    256;  ///< of those the system allows, kept for files, the database and the trace
inline constexpr std::size_t http_bodies_bytes_max =
    256 * kMiB;  ///< bodies arriving at the same time, all connections together
inline constexpr std::size_t http_queue_max = 1'024;  ///< requests waiting for a worker
inline constexpr int http_header_timeout_ms = 10'000;
inline constexpr int http_body_idle_timeout_ms = 30'000;
inline constexpr int http_keep_alive_timeout_ms = 75'000;
inline constexpr int http_write_timeout_ms = 30'000;
inline constexpr int http_shutdown_timeout_ms = 10'000;
inline constexpr std::size_t http_event_backlog_max = 1'000;  ///< unsent events of one listener
inline constexpr std::size_t http_body_rate_min =
    1 * kKiB;  ///< bytes a second, after the idle timeout's grace
inline constexpr std::size_t http_chunk_extension_bytes_max = 256;
inline constexpr std::size_t http_idempotency_key_bytes_max = 255;
inline constexpr std::size_t http_transfer_bytes =
    256 * kKiB;  ///< pieces of files and uploads in flight
inline constexpr std::size_t http_cursor_bytes_max = 1 * kKiB;
inline constexpr std::size_t http_path_parameters_max = 8;
inline constexpr int http_event_heartbeat_ms = 15'000;
inline constexpr int http_event_life_ms =
    10 * 60 * 1000;  ///< of one stream: its listener comes again and is asked again who it is
inline constexpr int http_linger_timeout_ms =
    2'000;  ///< reading on after a refusal, so that it arrives
inline constexpr std::int64_t http_client_idle_ms =
    15'000;  ///< how long outgoing connections are kept unused
inline constexpr std::size_t http_client_idle_max = 32;
inline constexpr std::size_t page_rows_default = 50;
inline constexpr std::size_t page_rows_max = 500;

// ledger
inline constexpr std::size_t act_bytes_max = 64 * kKiB;
inline constexpr std::size_t sequence_batch_max = 4'096;  ///< acts numbered in one transaction
inline constexpr std::size_t proof_hashes_max = 64;
inline constexpr std::size_t receipt_bytes_max = 1 * kMiB;

// record: collection
inline constexpr std::size_t csv_field_bytes_max = 64 * kKiB;
inline constexpr std::size_t csv_columns_max = 1'000;
inline constexpr std::size_t csv_row_bytes_max = 1 * kMiB;
inline constexpr std::size_t csv_buffer_bytes = 4 * kMiB;  ///< of a file held in memory at a time
inline constexpr std::size_t csv_rescan_bytes_max =
    256 * kMiB;  ///< read again after quotes that do not close
inline constexpr std::size_t csv_detection_bytes = 1 * kMiB;  ///< of a file that tell its encoding
inline constexpr std::size_t json_line_bytes_max = 1 * kMiB;
inline constexpr std::size_t json_line_layouts_max =
    256;  ///< different lists of members remembered at a time
inline constexpr std::size_t zip_entries_max = 10'000;
inline constexpr std::size_t zip_directory_bytes_max = 4 * kMiB;
inline constexpr std::uint64_t xlsx_part_bytes_max =
    16 * kMiB;  ///< of the workbook, its relations and styles, inflated
inline constexpr std::uint64_t xlsx_sheet_bytes_max =
    4 * kGiB;  ///< of a sheet and of the shared strings, inflated; read as a stream
inline constexpr std::size_t xlsx_strings_bytes_max = 256 * kMiB;  ///< shared texts held in memory
inline constexpr std::size_t xlsx_strings_max = 20'000'000;
inline constexpr std::size_t xlsx_sheets_max = 1'000;
inline constexpr std::size_t xlsx_styles_max = 65'536;
inline constexpr std::int64_t xlsx_rows_max = 1'048'576;  // ISO/IEC 29500 applications' limit
inline constexpr std::int64_t xlsx_columns_max = 16'384;
inline constexpr std::size_t xml_depth_max = 64;
inline constexpr std::size_t xml_token_bytes_max = 1 * kMiB;      ///< of one tag or piece of text
inline constexpr std::size_t quarantine_text_characters = 1'000;  ///< kept of a quarantined row
inline constexpr std::size_t collection_chunk_rows = 2'000;
inline constexpr std::size_t browse_rows_max =
    10'000;  ///< of a dataset that paging reaches; then search
inline constexpr std::size_t quarantine_export_rows_max = 100'000;
inline constexpr std::size_t file_name_characters_max = 200;
inline constexpr int collection_retry_ms = 2'000;  ///< after the database did not answer

// rule: expressions and decision models
inline constexpr std::size_t rule_text_bytes_max = 256 * kKiB;  ///< of one expression
inline constexpr std::size_t rule_nesting_max = 400;  ///< levels of parentheses and forms in a text
inline constexpr std::size_t rule_depth_max =
    2'500;  ///< levels of evaluation; recursion takes several a call
inline constexpr std::size_t rule_steps_max = 50'000'000;  ///< nodes one evaluation visits
inline constexpr std::size_t rule_cells_max =
    8'000'000;  ///< values one evaluation builds, 32 bytes each
inline constexpr std::size_t rule_value_depth_max = 200;  ///< lists and contexts within one another
inline constexpr std::size_t rule_warnings_max = 100;     ///< kept of one evaluation
inline constexpr std::size_t rule_model_bytes_max = 16 * kMiB;  ///< of one decision model
inline constexpr std::size_t rule_model_depth_max = 100;        ///< of its elements
inline constexpr std::size_t rule_model_imports_max = 100;
inline constexpr std::size_t rule_index_words_max =
    4'000'000;  ///< of one column of a decision table's index
inline constexpr std::size_t rule_analysis_boxes_max =
    200'000;  ///< parts of the input space that the analysis of a table looks at
inline constexpr std::size_t rule_pattern_bytes_max = 4 * kKiB;
inline constexpr std::size_t rule_pattern_code_max =
    20'000;  ///< instructions of a regular expression
inline constexpr std::size_t rule_pattern_steps_max = 5'000'000;
inline constexpr std::size_t rule_pattern_stack_max = 1'000'000;
inline constexpr std::size_t zones_max = 2'000;
inline constexpr std::size_t zone_bytes_max = 256 * kKiB;  ///< of one TZif file

// exchange: gateway
inline constexpr std::int64_t signature_window_ms = 5 * 60 * 1000;
inline constexpr std::size_t nonce_bytes_max = 64;
inline constexpr std::size_t nonces_max =
    16'000'000;  ///< remembered at once: 50,000 calls a second for the window; about 40 bytes each
inline constexpr std::size_t gateway_keys_max =
    8;  ///< key fields of a dataset that can be looked up
inline constexpr std::size_t trace_record_bytes_max = 16 * kKiB;
inline constexpr std::size_t trace_segment_bytes = 64 * kMiB;
inline constexpr std::size_t gateway_query_pieces_max = 32;  ///< parameters of one signed request
inline constexpr std::int64_t gateway_unknown_traced_per_second =
    10;  ///< refusals of unknown callers; the rest are counted
inline constexpr std::int64_t gateway_unproven_traced_per_second =
    200;  ///< refusals of known clients whose signature did not hold
inline constexpr std::size_t seal_records_max =
    4'096;  ///< calls sealed by one act; a receipt reads them all again
inline constexpr std::size_t index_records_max =
    512;  ///< calls indexed in one transaction: about a millisecond of the database's writer
inline constexpr std::size_t call_kinds_max = 4'096;  ///< remembered by the indexer
inline constexpr std::size_t posting_chunk =
    240;  ///< postings in a row: with its key less than a page of 4 KiB
inline constexpr std::int64_t run_fan = 16;    ///< runs of postings joined into one
inline constexpr std::int64_t run_levels = 3;  ///< how often a posting is joined at most
inline constexpr std::int64_t run_postings_smallest =
    4'096;  ///< a run below is of level 0; each level is run_fan times as large
inline constexpr std::int64_t run_rows_per_step =
    48;  ///< rows written or deleted by a step of the merger
inline constexpr int seal_interval_ms = 1'000;
inline constexpr int live_calls_per_second = 20;       ///< calls shown to one page of live calls
inline constexpr std::size_t live_calls_kept = 1'200;  ///< of those, found before they are sealed
inline constexpr std::int64_t gateway_stale_ms_max =
    30'000;  ///< how long the gateway answers by grants that it could not read again
inline constexpr std::int64_t grant_days_max = 3 * 366;
inline constexpr std::int64_t grant_quota_max = 1'000'000'000;
inline constexpr std::size_t purpose_bytes_max = 600;
inline constexpr int gateway_readers =
    4;  ///< threads reading for the gateway where reads wait for a network

// identity
inline constexpr int sign_in_failures_max = 5;
inline constexpr std::int64_t sign_in_lock_ms = 15 * 60 * 1000;
inline constexpr std::int64_t session_idle_ms = 30 * 60 * 1000;
inline constexpr std::int64_t session_life_ms = 12 * 3600 * 1000LL;

// city: the folder
inline constexpr std::size_t city_files_max = 10'000;
inline constexpr std::int64_t demo_people_max = 9'000'000;
inline constexpr std::size_t plan_members_max = 20;  ///< differing members shown of one object

}  // namespace shu::limits
