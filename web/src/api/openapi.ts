// Made by `npm run types` from what `shu openapi` prints. Change the routes, not this file.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            detail?: string;
            instance?: string;
            problems?: {
                pointer?: string;
                message?: string;
                remedy?: string;
            }[];
        };
        Access: {
            id: string;
            /** @enum {string} */
            kind: "call" | "act";
            at: string;
            /** @description of acts */
            verb?: string;
            organisation: string;
            organisation_name: string;
            dataset_name: string;
            dataset_name_en: string;
            /** @description names */
            fields: string[];
            fields_en: string[];
            purpose: string;
            basis: string;
            outcome: string;
            sealed: boolean;
        };
        AccessPage: {
            items: components["schemas"]["Access"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        Account: {
            id: string;
            name: string;
            display_name: string;
            /** @enum {string} */
            kind: "officer" | "citizen" | "administrator";
            post: string;
            post_name: string;
            post_name_en: string;
            organisation: string;
            organisation_name: string;
            permissions: string[];
            must_change_password: boolean;
        };
        Act: {
            sequence: number;
            id: string;
            at: string;
            actor: string;
            post: string;
            organisation: string;
            verb: string;
            object: string;
            subject: string;
            basis: string;
            result: string;
            detail: unknown;
            /** @description as it was hashed */
            body: string;
            /** @description its hash in hexadecimal */
            leaf: string;
        };
        ActPage: {
            items: components["schemas"]["Act"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        ActReceipt: {
            version: number;
            /** @description the act as it was hashed */
            body: string;
            proof: components["schemas"]["InclusionProof"];
            checkpoint: components["schemas"]["Checkpoint"];
            /** @description fingerprint of the key that signed; of earlier versions not told */
            key?: string;
        };
        Application: {
            id: string;
            dataset: string;
            dataset_name: string;
            dataset_name_en: string;
            applicant: string;
            applicant_name: string;
            provider: string;
            provider_name: string;
            fields: components["schemas"]["AppliedField"][];
            rows: components["schemas"]["RowFilter"] | null;
            purpose: string;
            basis: string;
            days: number;
            quota_per_day: number;
            /** @enum {string} */
            state: "submitted" | "approved" | "refused";
            created_at: string;
            created_by: string;
            decided_at: string | null;
            decided_by: string;
            reason: string;
            grant: string | null;
        };
        ApplicationPage: {
            items: components["schemas"]["Application"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        AppliedField: {
            code: string;
            name: string;
            name_en: string;
            level: number;
            mask: boolean;
        };
        Batch: {
            id: string;
            dataset: string;
            dataset_name: string;
            dataset_name_en: string;
            organisation: string;
            file_name: string;
            /** @enum {string} */
            format: "csv" | "tsv" | "jsonl" | "xlsx";
            /** @description of a workbook, if one was named */
            sheet: string;
            encoding: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed";
            bytes: number;
            bytes_done: number;
            read: number;
            added: number;
            changed: number;
            unchanged: number;
            quarantined: number;
            /** @description why it failed */
            error: string;
            created_at: string;
            finished_at: string | null;
        };
        BatchDetail: {
            id: string;
            dataset: string;
            dataset_name: string;
            dataset_name_en: string;
            organisation: string;
            file_name: string;
            /** @enum {string} */
            format: "csv" | "tsv" | "jsonl" | "xlsx";
            /** @description of a workbook, if one was named */
            sheet: string;
            encoding: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed";
            bytes: number;
            bytes_done: number;
            read: number;
            added: number;
            changed: number;
            unchanged: number;
            quarantined: number;
            /** @description why it failed */
            error: string;
            created_at: string;
            finished_at: string | null;
            reasons: components["schemas"]["ReasonCount"][];
        };
        BatchPage: {
            items: components["schemas"]["Batch"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        Call: {
            id: string;
            at: string;
            client_id: string;
            organisation: string;
            organisation_name: string;
            dataset: string;
            dataset_name: string;
            dataset_name_en: string;
            grant: string | null;
            purpose: string;
            basis: string;
            fields: string[];
            field_names: string[];
            field_names_en: string[];
            rows: number;
            status: number;
            /** @enum {string} */
            outcome: "answered" | "refused";
            reason: string;
            duration_us: number;
            peer: string;
        };
        CallDetail: {
            id: string;
            at: string;
            client_id: string;
            organisation: string;
            organisation_name: string;
            dataset: string;
            dataset_name: string;
            dataset_name_en: string;
            grant: string | null;
            purpose: string;
            basis: string;
            fields: string[];
            field_names: string[];
            field_names_en: string[];
            rows: number;
            status: number;
            /** @enum {string} */
            outcome: "answered" | "refused";
            reason: string;
            duration_us: number;
            peer: string;
            sealed: boolean;
            act_sequence: number | null;
        };
        CallPage: {
            items: components["schemas"]["Call"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        CallReceipt: {
            /** @description of the trace, as it was hashed */
            record: string;
            hash: string;
            leaf_index: number;
            batch_size: number;
            /** @description hashes in hexadecimal */
            path: string[];
            /** @description stands in the sealing act */
            batch_root: string;
            act_receipt: components["schemas"]["ActReceipt"];
        };
        CatalogueDetail: {
            dataset: string;
            resource_code: string;
            name: string;
            name_en: string;
            provider: string;
            provider_name: string;
            class: string[];
            abstract: string;
            /** @description empty where there is none */
            abstract_en: string;
            format: string;
            sharing: components["schemas"]["Sharing"];
            open: components["schemas"]["Opening"];
            cycle: string;
            published: string;
            related: string[];
            level: number;
            fields: number;
            records: number;
            key: string[];
            items: components["schemas"]["CatalogueItem"][];
            /** @description the caller's organisation has a grant */
            granted: boolean;
            /** @description path of the gateway's resource */
            gateway: string;
        };
        CatalogueEntry: {
            dataset: string;
            resource_code: string;
            name: string;
            name_en: string;
            provider: string;
            provider_name: string;
            class: string[];
            abstract: string;
            /** @description empty where there is none */
            abstract_en: string;
            format: string;
            sharing: components["schemas"]["Sharing"];
            open: components["schemas"]["Opening"];
            cycle: string;
            published: string;
            related: string[];
            level: number;
            fields: number;
            records: number;
        };
        CatalogueEntryPage: {
            items: components["schemas"]["CatalogueEntry"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        CatalogueItem: {
            code: string;
            name: string;
            name_en: string;
            type: string;
            /** @description GB/T 21063.3: C, N, D, ... */
            type_letter: string;
            length: number;
            level: number;
            /** @description code table, of type code */
            codes: string;
            standard: string;
            /** @description granted masked unless decided else */
            mask: boolean;
        };
        Checkpoint: {
            origin: string;
            /** @enum {string} */
            hash: "sm3" | "sha256";
            size: number;
            /** @description in Base64 */
            root: string;
            at: string;
            /** @description in Base64 */
            signature: string;
        };
        CheckpointPage: {
            items: components["schemas"]["Checkpoint"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        City: {
            code: string;
            name: string;
            name_en: string;
            title: string;
            title_en: string;
            /** @description longitude and latitude in degrees */
            centre: number[];
            utc_offset_minutes: number;
            demo: boolean;
            version: string;
        };
        ClientSystem: {
            client_id: string;
            organisation: string;
            organisation_name: string;
            name: string;
            active: boolean;
            created_at: string;
        };
        ClientSystemPage: {
            items: components["schemas"]["ClientSystem"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        CodeTable: {
            code: string;
            name: string;
            name_en?: string;
            valid_from?: string;
            values: components["schemas"]["CodeValue"][];
            standard: string;
        };
        CodeValue: {
            code: string;
            name: string;
            name_en?: string;
        };
        ConsistencyProof: {
            from: number;
            to: number;
            /** @description hashes in Base64 */
            path: string[];
        };
        Credentials: {
            client_id: string;
            /** @description shown only now */
            secret: string;
            /** @description a line for a terminal, signed */
            curl: string;
            example_key: components["schemas"]["ExampleKey"] | null;
        };
        Dataset: {
            code: string;
            name: string;
            name_en: string;
            registry: string;
            provider: string;
            provider_name: string;
            description: string;
            records: number;
            /** @description the highest of its fields */
            level: number;
            updated_at: string | null;
            /** @description the caller may upload into it */
            may_collect: boolean;
            /** @description the caller may read its records */
            may_browse: boolean;
            fields: number;
        };
        DatasetCalls: {
            dataset: string;
            name: string;
            name_en: string;
            calls: number;
        };
        DatasetDetail: {
            code: string;
            name: string;
            name_en: string;
            registry: string;
            provider: string;
            provider_name: string;
            description: string;
            records: number;
            /** @description the highest of its fields */
            level: number;
            updated_at: string | null;
            /** @description the caller may upload into it */
            may_collect: boolean;
            /** @description the caller may read its records */
            may_browse: boolean;
            key: string[];
            subject: components["schemas"]["SubjectRule"] | null;
            fields: components["schemas"]["Field"][];
        };
        DatasetPage: {
            items: components["schemas"]["Dataset"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        DemoAccount: {
            name: string;
            display_name: string;
            /** @enum {string} */
            kind: "officer" | "citizen" | "administrator";
            organisation: string;
            organisation_name: string;
            post_name: string;
            post_name_en: string;
            password: string;
        };
        DemoAccountPage: {
            items: components["schemas"]["DemoAccount"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        DistrictFigures: {
            code6: string;
            name: string;
            name_en: string;
            people: number;
            enterprises: number;
        };
        Division: {
            code: string;
            name: string;
            parent: string;
            level: number;
            name_en: string;
        };
        DivisionPage: {
            items: components["schemas"]["Division"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        ExampleKey: {
            field: string;
            value: string;
        };
        Field: {
            code: string;
            name: string;
            name_en: string;
            /** @enum {string} */
            type: "text" | "integer" | "decimal" | "money" | "date" | "instant" | "boolean" | "code";
            /** @description most characters of a text; 0: not given */
            length: number;
            /** @description digits after the point */
            scale: number;
            required: boolean;
            check: string;
            /** @description code table, of type code */
            codes: string;
            level: number;
            mask: string;
            standard: string;
            /** @description the caller may look rows up by it */
            searchable: boolean;
        };
        FirstPassword: {
            id: string;
            name: string;
            /** @description shown only now */
            one_time_password: string;
        };
        GatewayMinute: {
            at: string;
            calls: number;
            refused: number;
        };
        GatewayStatistics: {
            series: components["schemas"]["GatewayMinute"][];
            by_organisation: components["schemas"]["OrganisationCalls"][];
            by_dataset: components["schemas"]["DatasetCalls"][];
        };
        Grant: {
            id: string;
            application: string;
            dataset: string;
            dataset_name: string;
            dataset_name_en: string;
            organisation: string;
            organisation_name: string;
            provider: string;
            provider_name: string;
            fields: components["schemas"]["GrantedField"][];
            rows: components["schemas"]["RowFilter"] | null;
            purpose: string;
            basis: string;
            quota_per_day: number;
            used_today: number;
            from: string;
            until: string;
            /** @enum {string} */
            state: "active" | "revoked" | "expired";
            revoke_reason: string;
            /** @description the caller may end it */
            may_revoke: boolean;
            client_id: string | null;
        };
        GrantPage: {
            items: components["schemas"]["Grant"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        GrantedField: {
            code: string;
            name: string;
            name_en: string;
            masked: boolean;
        };
        InclusionProof: {
            index: number;
            size: number;
            /** @description hashes in Base64 */
            path: string[];
        };
        LedgerKey: {
            fingerprint: string;
            point: string;
            pem: string;
            /** @description it signs checkpoints of more than so many acts */
            after: number;
            /** @description proof that the key before handed over to this one; null for the first */
            handover: components["schemas"]["ActReceipt"] | null;
        };
        LedgerKeys: {
            items: components["schemas"]["LedgerKey"][];
        };
        LedgerPublicKey: {
            origin: string;
            algorithm: string;
            /** @description the signer's id that SM2 hashes in */
            id: string;
            /** @enum {string} */
            hash: "sm3" | "sha256";
            /** @description 65 bytes in hexadecimal */
            point: string;
            pem: string;
            fingerprint: string;
        };
        ManagedAccount: {
            id: string;
            name: string;
            display_name: string;
            /** @enum {string} */
            kind: "officer" | "citizen" | "administrator";
            /** @description system, security or audit; else empty */
            administrator: string;
            post: string;
            post_name: string;
            post_name_en: string;
            organisation: string;
            organisation_name: string;
            demo: boolean;
            /** @description false: locked by an administrator */
            active: boolean;
            must_change_password: boolean;
            /** @description after too many wrong passwords */
            locked_until: string | null;
        };
        ManagedAccountPage: {
            items: components["schemas"]["ManagedAccount"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        NewSecret: {
            client_id: string;
            /** @description shown only now */
            secret: string;
        };
        Opening: {
            open: boolean;
            condition: string;
        };
        Organisation: {
            code: string;
            name: string;
            name_en: string;
            short_name: string;
            credit_code: string;
            parent: string;
            division: string;
            kind: string;
            children: number;
        };
        OrganisationCalls: {
            organisation: string;
            name: string;
            calls: number;
        };
        OrganisationDetail: {
            code: string;
            name: string;
            name_en: string;
            short_name: string;
            credit_code: string;
            parent: string;
            division: string;
            kind: string;
            children: number;
            posts: components["schemas"]["PostName"][];
        };
        OrganisationPage: {
            items: components["schemas"]["Organisation"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        Overview: {
            population: number;
            datasets: number;
            organisations: number;
            catalogue: number;
            records: number;
            acts: number;
            calls_today: number;
            grants: number;
            districts: components["schemas"]["DistrictFigures"][];
        };
        Permission: {
            verb: string;
            /** @enum {string} */
            scope: "own" | "subtree" | "city";
            level: number;
        };
        Post: {
            code: string;
            name: string;
            name_en: string;
            organisation: string;
            organisation_name: string;
            /** @description codes of the roles in force */
            roles: string[];
            /** @description by the city folder */
            declared_roles: string[];
            /**
             * @description its permissions reach no farther
             * @enum {string|null}
             */
            widest: "own" | "subtree" | "city" | null;
            /** @description roles or scope were assigned, not declared */
            assigned: boolean;
        };
        PostName: {
            code: string;
            name: string;
            name_en: string;
        };
        PostPage: {
            items: components["schemas"]["Post"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        QuarantinedRow: {
            line: number;
            field: string;
            field_name: string;
            field_name_en: string;
            reason: string;
            text: string;
        };
        QuarantinedRowPage: {
            items: components["schemas"]["QuarantinedRow"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        ReasonCount: {
            field: string;
            reason: string;
            count: number;
        };
        RecordColumn: {
            code: string;
            name: string;
            name_en: string;
            masked: boolean;
        };
        RecordPage: {
            items: {
                [key: string]: unknown;
            }[];
            next: string | null;
            columns: components["schemas"]["RecordColumn"][];
        };
        Registry: {
            code: string;
            name: string;
            name_en: string;
            /** @enum {string} */
            kind: "base" | "theme";
            description: string;
            datasets: number;
            records: number;
        };
        RegistryPage: {
            items: components["schemas"]["Registry"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        Role: {
            code: string;
            name: string;
            name_en: string;
            permissions: components["schemas"]["Permission"][];
        };
        RolePage: {
            items: components["schemas"]["Role"][];
            /** @description `cursor` of the next page; null on the last */
            next: string | null;
        };
        RowFilter: {
            field: string;
            field_name: string;
            field_name_en: string;
            value: string;
            /** @description of a code, else the value itself */
            value_name: string;
            /** @description empty where there is none */
            value_name_en: string;
        };
        Session: {
            account: components["schemas"]["Account"] | null;
            demo: boolean;
        };
        Sharing: {
            /** @enum {string} */
            type: "unconditional" | "conditional" | "refused";
            condition: string;
            /** @description empty where there is none */
            condition_en: string;
            method: string;
            /** @description why it is refused */
            basis?: string;
        };
        SubjectRule: {
            kind: string;
            field: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
