import { ID, TEXT } from "./0001-types.ts";

export const ACCOUNTS = [
  `create table accounts (
    id ${ID},
    name ${TEXT} not null unique,
    email ${TEXT},
    password_hash ${TEXT} not null,
    operator boolean not null default false,
    locked_at ${TEXT},
    created_at ${TEXT} not null
  )`,
  `create table identities (
    provider ${TEXT} not null,
    subject ${TEXT} not null,
    account_id bigint not null references accounts (id) on delete cascade,
    login ${TEXT} not null,
    groups_at ${TEXT} not null,
    "grant" ${TEXT},
    created_at ${TEXT} not null,
    primary key (provider, subject)
  )`,
  `create index identities_account on identities (account_id)`,
  `create table identity_groups (
    provider ${TEXT} not null,
    subject ${TEXT} not null,
    group_id ${TEXT} not null,
    name ${TEXT} not null,
    admin boolean not null,
    primary key (provider, subject, group_id),
    foreign key (provider, subject) references identities (provider, subject) on delete cascade
  )`,
  `create table login_flows (
    hash ${TEXT} primary key,
    kind ${TEXT} not null,
    data ${TEXT} not null,
    expires_at ${TEXT} not null
  )`,
  `create index login_flows_expires on login_flows (expires_at)`,
];

export const NAMESPACES = [
  `create table namespaces (
    name ${TEXT} primary key,
    skeleton ${TEXT} not null,
    kind ${TEXT} not null,
    visibility ${TEXT},
    moved_to ${TEXT},
    created_at ${TEXT} not null
  )`,
  `create index namespaces_skeleton on namespaces (length(skeleton))`,
  `create table members (
    namespace ${TEXT} not null references namespaces (name) on update cascade,
    account_id bigint not null references accounts (id) on delete cascade,
    role ${TEXT} not null,
    primary key (namespace, account_id)
  )`,
  `create index members_account on members (account_id)`,
  `create table group_roles (
    namespace ${TEXT} not null references namespaces (name) on update cascade,
    provider ${TEXT} not null,
    group_id ${TEXT} not null,
    name ${TEXT} not null,
    role ${TEXT} not null,
    primary key (namespace, provider, group_id)
  )`,
  `create index group_roles_group on group_roles (provider, group_id)`,
  `create table teams (
    id ${ID},
    namespace ${TEXT} not null references namespaces (name) on update cascade,
    name ${TEXT} not null,
    unique (namespace, name)
  )`,
  `create table team_members (
    team_id bigint not null references teams (id) on delete cascade,
    account_id bigint not null references accounts (id) on delete cascade,
    primary key (team_id, account_id)
  )`,
  `create index team_members_account on team_members (account_id)`,
  `create table team_packages (
    team_id bigint not null references teams (id) on delete cascade,
    package_id bigint not null references packages (id) on delete cascade,
    permission ${TEXT} not null,
    primary key (team_id, package_id)
  )`,
  `create index team_packages_package on team_packages (package_id)`,
  `create table package_owners (
    package_id bigint not null references packages (id) on delete cascade,
    account_id bigint not null references accounts (id) on delete cascade,
    primary key (package_id, account_id)
  )`,
  `create index package_owners_account on package_owners (account_id)`,
];

export const TOKENS = [
  `create table trusts (
    id ${TEXT} primary key,
    subject ${TEXT} not null,
    issuer ${TEXT} not null,
    claims ${TEXT} not null,
    created_by ${TEXT} not null,
    created_at ${TEXT} not null
  )`,
  `create index trusts_subject on trusts (subject)`,
  `create table used_jtis (
    issuer ${TEXT} not null,
    jti ${TEXT} not null,
    expires_at ${TEXT} not null,
    primary key (issuer, jti)
  )`,
  `create index used_jtis_expires on used_jtis (expires_at)`,
  `create table tokens (
    id ${TEXT} primary key,
    account_id bigint references accounts (id) on delete cascade,
    kind ${TEXT} not null,
    hash ${TEXT} not null unique,
    hint ${TEXT} not null,
    name ${TEXT},
    readonly boolean not null,
    packages ${TEXT} not null,
    cidr ${TEXT} not null,
    created_at ${TEXT} not null,
    expires_at ${TEXT},
    last_used_at ${TEXT},
    trust_id ${TEXT} references trusts (id) on delete cascade,
    provenance ${TEXT}
  )`,
  `create index tokens_account on tokens (account_id)`,
  `create index tokens_trust on tokens (trust_id)`,
  `create index tokens_expires on tokens (expires_at)`,
];
