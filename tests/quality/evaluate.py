#!/usr/bin/env python3
"""Search evaluator (Python standard library only).

  python3 evaluate.py --queries dev.jsonl \
      --url 'http://127.0.0.1:8000/api/search?q={q}' \
      --path 'results.*.slug' --crisis-path 'crisis.show' \
      --alias slug_aliases.json --out failures.jsonl --json report.json

Query file: one JSON per line: {"q","kind","expect":[slugs, best first],"source","region","crisis"?,"id"?}
  kind: canonical|brand|chemical|slang|misspelling|question|school|crisis|nonsense
  crisis: "required" (urgent help must be shown) | "ok" (may be shown) | absent (showing it is a false alarm)

--path       where ranked slugs are. Dotted keys, '*' = every list item / dict value, integers = index.
             May be given several times: lists are concatenated in the order given.
             Values may be slugs, paths or URLs: the last path segment is used ("/drugs/mdma/?x" -> "mdma").
             A value that is an object is read at .slug, .id, .url, .href or .name (first found).
--crisis-path  JSON path(s) of the urgent-help flag; any truthy value counts (strings "", "false", "none", "no", "0" do not).
             Without it, an emergency topic slug at rank 1 counts as help shown.
--empty-path JSON path of an explicit "no result" flag (optional; an empty ranked list also counts).
--alias      {"slug": ["accepted", "slugs", ...]}: each expected slug is widened to its accepted slugs.
             Edit this to your own slugs; case and '_'/' ' vs '-' do not matter.
--exclude-fam  leave out queries attested in a source family the developers were given (see "fam" in the query file).
--redact     write failures and report without query text (ids only).
--dry        self-test against a toy server on 127.0.0.1; exits 0 when every number is as computed by hand.

Metrics per kind: n, answered, recall@1, recall@3, recall@10, MRR (cut-off --depth), pref@1 (the best page itself at rank 1),
zero-result rate, errors, Wilson 95% interval of recall@1. Nonsense: correct-empty rate, and zero-result precision
(of all queries answered with nothing, the share that are nonsense). Crisis: help rate on required, false-alarm rate elsewhere.
Latency: p50/p95/p99/max in ms, as the client sees it at the chosen concurrency; every query opens a new connection
(no keep-alive), so TCP/TLS set-up is included."""

import argparse, concurrent.futures as cf, collections, hashlib, http.server, json, math, os, re, socketserver, sys, tempfile, threading, time
import urllib.error, urllib.parse, urllib.request

EMERGENCY = ["emergency", "suicidal-thoughts", "spiking"]


def walk(obj, path):
    """Yield values at a dotted path; '*' fans out; missing keys yield nothing."""
    cur = [obj]
    for part in [p for p in path.split(".") if p != ""]:
        nxt = []
        for o in cur:
            if part == "*":
                if isinstance(o, list):
                    nxt += o
                elif isinstance(o, dict):
                    nxt += list(o.values())
            elif isinstance(o, dict) and part in o:
                nxt.append(o[part])
            elif isinstance(o, list) and re.fullmatch(r"-?\d+", part):
                i = int(part)
                if -len(o) <= i < len(o):
                    nxt.append(o[i])
        cur = nxt
    return cur


def slug_of(v):
    if isinstance(v, dict):
        for k in ("slug", "id", "url", "href", "name"):
            if k in v:
                return slug_of(v[k])
        return None
    if v is None or isinstance(v, (bool, list)):
        return None
    s = str(v).strip()
    s = re.split(r"[?#]", s, maxsplit=1)[0].rstrip("/")
    s = urllib.parse.unquote(s.rsplit("/", 1)[-1]).lower()
    return re.sub(r"[\s_]+", "-", s) or None


def ranked(doc, paths):
    out = []
    for p in paths:
        for v in walk(doc, p):
            for x in v if isinstance(v, list) else [v]:
                s = slug_of(x)
                if s and s not in out:
                    out.append(s)
    return out


def truthy(v):
    if isinstance(v, str):
        return v.strip().lower() not in ("", "false", "none", "no", "0", "null")
    if isinstance(v, (list, dict)):
        return len(v) > 0
    return bool(v)


def flag(doc, paths):
    return any(truthy(v) for p in paths for v in walk(doc, p))


def load_alias(fn):
    if not fn:
        return {}
    raw = json.load(open(fn, encoding="utf-8"))
    return {slug_of(k): {slug_of(k)} | {slug_of(x) for x in v} for k, v in raw.items()}


def accept(expect, alias):
    s = set()
    for e in expect:
        s |= alias.get(slug_of(e), {slug_of(e)})
    return s


def pct(xs, p):
    if not xs:
        return float("nan")
    xs = sorted(xs)
    k = (len(xs) - 1) * p / 100.0
    f = math.floor(k)
    c = math.ceil(k)
    return xs[f] if f == c else xs[f] + (xs[c] - xs[f]) * (k - f)


def wilson(k, n, z=1.96):
    if n == 0:
        return (float("nan"),) * 2
    p = k / n
    d = 1 + z * z / n
    c = p + z * z / (2 * n)
    h = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (c - h) / d), min(1.0, (c + h) / d)


def ask(url, q, timeout, headers, retries):
    u = url.replace("{q}", urllib.parse.quote(q, safe=""))
    err = None
    for _ in range(retries + 1):
        t = time.perf_counter()
        try:
            with urllib.request.urlopen(urllib.request.Request(u, headers=headers), timeout=timeout) as r:
                body = r.read()
            return json.loads(body.decode("utf-8")), (time.perf_counter() - t) * 1000, None
        except Exception as e:  # noqa: any failure of one query must not stop the run
            err = f"{type(e).__name__}: {e}"
    return None, (time.perf_counter() - t) * 1000, err


def run(queries, a, alias):
    headers = {"Accept": "application/json", "User-Agent": "search-evaluator/1"}
    for h in a.header:
        k, _, v = h.partition(":")
        headers[k.strip()] = v.strip()
    em = set().union(*[alias.get(s, {s}) for s in EMERGENCY])

    def one(r):
        doc, ms, err = ask(a.url, r["q"], a.timeout, headers, a.retries)
        got = ranked(doc, a.path)[: a.depth] if doc is not None else []
        empty = doc is not None and (not got or (a.empty_path and flag(doc, a.empty_path)))
        if a.crisis_path:
            help_ = doc is not None and flag(doc, a.crisis_path)
        else:
            help_ = bool(got) and got[0] in em
        ok = accept(r["expect"], alias)
        rank = next((i + 1 for i, s in enumerate(got) if s in ok), 0)
        pref = bool(r["expect"]) and bool(got) and got[0] in accept(r["expect"][:1], alias)
        return dict(r=r, got=got, ms=ms, err=err, empty=bool(empty), help=help_, rank=rank, pref=pref)

    with cf.ThreadPoolExecutor(max_workers=a.concurrency) as ex:
        return list(ex.map(one, queries))


def summarise(res):
    by = collections.OrderedDict()
    order = [
        "canonical",
        "brand",
        "chemical",
        "slang",
        "misspelling",
        "question",
        "school",
        "crisis",
        "nonsense",
    ]

    def block(xs):
        n = len(xs)
        r1 = sum(x["rank"] == 1 for x in xs)
        lo, hi = wilson(r1, n)
        return dict(
            n=n,
            errors=sum(x["err"] is not None for x in xs),
            recall1=r1 / n,
            recall3=sum(0 < x["rank"] <= 3 for x in xs) / n,
            recall10=sum(0 < x["rank"] <= 10 for x in xs) / n,
            mrr=sum(1 / x["rank"] for x in xs if x["rank"]) / n,
            pref1=sum(x["pref"] for x in xs) / n,
            zero=sum(x["empty"] for x in xs) / n,
            lo=lo,
            hi=hi,
        )

    for k in order + sorted({x["r"]["kind"] for x in res} - set(order)):
        xs = [x for x in res if x["r"]["kind"] == k]
        if xs:
            by[k] = block(xs)
    cuts = collections.OrderedDict()

    def src(r):
        s = r.get("source", "")
        return "generated" if s.startswith(("generated", "constructed")) else "real"

    for name, f in [
        ("slang uk", lambda r: r["kind"] == "slang" and r.get("region") == "uk"),
        ("slang us", lambda r: r["kind"] == "slang" and r.get("region") == "us"),
        ("misspelling real", lambda r: r["kind"] == "misspelling" and src(r) == "real"),
        ("misspelling generated", lambda r: r["kind"] == "misspelling" and src(r) == "generated"),
        ("question uk", lambda r: r["kind"] == "question" and r.get("region") == "uk"),
        ("question us", lambda r: r["kind"] == "question" and r.get("region") == "us"),
        ("core pages", lambda r: r.get("tier") == "core"),
        ("extended pages", lambda r: r.get("tier") == "extended"),
    ]:
        xs = [x for x in res if f(x["r"])]
        if xs:
            cuts[name] = block(xs)
    look = [x for x in res if x["r"]["kind"] not in ("nonsense", "crisis")]
    non = [x for x in res if x["r"]["kind"] == "nonsense"]
    zero = [x for x in res if x["empty"]]
    req = [x for x in res if x["r"].get("crisis") == "required"]
    quiet = [x for x in res if not x["r"].get("crisis")]
    div = lambda a, b: a / b if b else float("nan")
    ms = [x["ms"] for x in res if x["err"] is None]
    return dict(
        kinds=by,
        cuts=cuts,
        overall_lookup=block(look) if look else None,
        nonsense=dict(
            n=len(non),
            correct_empty=div(sum(x["empty"] for x in non), len(non)),
            wrong_answer=div(sum(not x["empty"] and x["err"] is None for x in non), len(non)),
            zero_result_precision=div(sum(x["r"]["kind"] == "nonsense" for x in zero), len(zero)),
            zero_results=len(zero),
        ),
        crisis=dict(
            required=len(req),
            help_rate=div(sum(x["help"] for x in req), len(req)),
            false_alarm_n=len(quiet),
            false_alarm_rate=div(sum(x["help"] for x in quiet), len(quiet)),
            help_on_nonsense=div(sum(x["help"] for x in non), len(non)),
        ),
        latency_ms=dict(
            n=len(ms), p50=pct(ms, 50), p95=pct(ms, 95), p99=pct(ms, 99), max=max(ms) if ms else float("nan")
        ),
        errors=sum(x["err"] is not None for x in res),
        total=len(res),
    )


def show(s):
    f = lambda v: "  nan" if v != v else f"{v:.3f}"
    print(
        f"{'kind':22s} {'n':>5s} {'R@1':>6s} {'95% interval':>15s} {'R@3':>6s} {'R@10':>6s} {'MRR':>6s} {'pref@1':>7s} {'zero':>6s} {'err':>4s}"
    )

    def line(k, b):
        print(
            f"{k:22s} {b['n']:5d} {f(b['recall1']):>6s} {'[' + f(b['lo']) + ', ' + f(b['hi']) + ']':>15s} {f(b['recall3']):>6s} {f(b['recall10']):>6s} {f(b['mrr']):>6s} {f(b['pref1']):>7s} {f(b['zero']):>6s} {b['errors']:4d}"
        )

    for k, b in s["kinds"].items():
        if k != "nonsense":
            line(k, b)
    if s["overall_lookup"]:
        line("ALL look-ups", s["overall_lookup"])
    print("-- cuts")
    for k, b in s["cuts"].items():
        line(k, b)
    n = s["nonsense"]
    c = s["crisis"]
    l = s["latency_ms"]
    print(
        f"nonsense: n={n['n']} correct-empty={f(n['correct_empty'])} answered-wrongly={f(n['wrong_answer'])}; zero-result precision={f(n['zero_result_precision'])} (of {n['zero_results']} empty answers)"
    )
    print(
        f"crisis:   required={c['required']} help-rate={f(c['help_rate'])}; false alarms={f(c['false_alarm_rate'])} of {c['false_alarm_n']}; on nonsense={f(c['help_on_nonsense'])}"
    )
    print(
        f"latency:  n={l['n']} p50={l['p50']:.1f} ms p95={l['p95']:.1f} ms p99={l['p99']:.1f} ms max={l['max']:.1f} ms; errors={s['errors']}/{s['total']}"
    )


def failures(res, redact):
    for x in res:
        r = x["r"]
        why = []
        if x["err"]:
            why.append("error")
        elif r["kind"] == "nonsense":
            if not x["empty"]:
                why.append("answered-nonsense")
        elif r["kind"] == "crisis":
            pass
        elif x["rank"] != 1:
            why.append("miss" if x["rank"] == 0 else f"rank-{x['rank']}")
        if r.get("crisis") == "required" and not x["help"]:
            why.append("no-urgent-help")
        if not r.get("crisis") and x["help"]:
            why.append("false-alarm")
        if not why:
            continue
        d = dict(
            id=r.get("id") or hashlib.sha1(r["q"].lower().encode()).hexdigest()[:10],
            kind=r["kind"],
            why=why,
            rank=x["rank"],
            ms=round(x["ms"], 1),
        )
        if not redact:
            d.update(q=r["q"], expect=r["expect"], got=x["got"][:5], source=r.get("source"), err=x["err"])
        yield d


def main(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--queries", default="dev.jsonl")
    p.add_argument("--url")
    p.add_argument("--path", action="append", default=None)
    p.add_argument("--crisis-path", action="append", default=[])
    p.add_argument("--empty-path", action="append", default=[])
    p.add_argument("--alias")
    p.add_argument("--concurrency", type=int, default=8)
    p.add_argument("--timeout", type=float, default=10)
    p.add_argument("--retries", type=int, default=0)
    p.add_argument("--depth", type=int, default=10)
    p.add_argument("--header", action="append", default=[])
    p.add_argument("--kinds")
    p.add_argument(
        "--exclude-fam",
        help="skip queries attested in these source families (comma list, e.g. frank,dea) when developers were given that source",
    )
    p.add_argument("--limit", type=int)
    p.add_argument("--warmup", type=int, default=3, help="unmeasured requests first")
    p.add_argument("--out", default="failures.jsonl")
    p.add_argument("--json")
    p.add_argument("--redact", action="store_true")
    p.add_argument("--dry", action="store_true")
    a = p.parse_args(argv)
    if a.dry:
        return dry()
    if not a.url or "{q}" not in a.url:
        p.error("--url with {q} is needed")
    a.path = a.path or ["results.*.slug"]
    qs = [json.loads(l) for l in open(a.queries, encoding="utf-8") if l.strip()]
    if a.kinds:
        qs = [r for r in qs if r["kind"] in a.kinds.split(",")]
    if a.exclude_fam:
        bad = set(a.exclude_fam.split(","))
        qs = [r for r in qs if not (bad & set(r.get("fam", [])))]
    if a.limit:
        qs = qs[: a.limit]
    alias = load_alias(a.alias)
    for _ in range(a.warmup):
        ask(a.url, "warm up", a.timeout, {}, 0)
    res = run(qs, a, alias)
    s = summarise(res)
    show(s)
    fl = list(failures(res, a.redact))
    with open(a.out, "w", encoding="utf-8") as o:
        for d in fl:
            o.write(json.dumps(d, ensure_ascii=False) + "\n")
    print(f"failures: {len(fl)} -> {a.out}" + (" (redacted)" if a.redact else ""))
    if a.json:
        json.dump(s, open(a.json, "w"), indent=1)
    return 0


def dry():
    """Toy server with known answers; every metric is checked against a hand-computed value."""
    TABLE = {
        "mdma": ["mdma"],
        "mandy": ["/drugs/ecstasy/?ref=s", "mda"],
        "ket": ["lsd", "ketamine"],
        "nos": ["a", "b", "Nitrous_Oxide"],
        "weed": ["x1", "x2", "x3", "cannabis"],
        "spice": ["lsd"],
        "zzz": [],
        "fish tank": ["codeine"],
        "i took too many pills": ["emergency"],
        "wont wake up": ["heroin"],
        "overdosed?": ["emergency"],
    }
    CRISIS = {"i took too many pills", "mdma"}

    class H(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            q = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("q", [""])[0]
            if q == "boom":
                self.send_response(500)
                self.end_headers()
                return
            if q == "slow":
                time.sleep(0.25)
            doc = {
                "data": {"hits": [{"page": {"slug": s}} for s in TABLE.get(q, [])]},
                "help": {"show": q in CRISIS},
            }
            b = json.dumps(doc).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b)

        def log_message(self, *a):
            pass

    class T(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True
        request_queue_size = 64

    srv = T(("127.0.0.1", 0), H)
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    d = tempfile.mkdtemp()
    qf, af, ff, jf = (os.path.join(d, x) for x in ("q", "a", "f", "j"))
    Q = [
        ("MDMA".lower(), "canonical", ["mdma"], ""),
        ("mandy", "slang", ["mdma"], ""),
        ("ket", "slang", ["ketamine"], ""),
        ("nos", "slang", ["nitrous-oxide"], ""),
        ("weed", "slang", ["cannabis"], ""),
        ("spice", "slang", ["synthetic-cannabinoids"], ""),
        ("zzz", "nonsense", [], ""),
        ("fish tank", "nonsense", [], ""),
        ("i took too many pills", "crisis", ["emergency"], "required"),
        ("wont wake up", "crisis", ["emergency"], "required"),
        ("overdosed?", "question", ["emergency"], "ok"),
        ("boom", "question", ["lsd"], ""),
        ("slow", "question", ["lsd"], ""),
    ]
    with open(qf, "w") as o:
        for q, k, e, c in Q:
            o.write(
                json.dumps(
                    dict(q=q, kind=k, expect=e, region="uk", source="dry", **({"crisis": c} if c else {}))
                )
                + "\n"
            )
    json.dump({"mdma": ["ecstasy"]}, open(af, "w"))
    url = f"http://127.0.0.1:{srv.server_port}/s?q={{q}}"
    rc = main(
        [
            "--queries",
            qf,
            "--url",
            url,
            "--path",
            "data.hits.*.page.slug",
            "--crisis-path",
            "help.show",
            "--alias",
            af,
            "--out",
            ff,
            "--json",
            jf,
            "--concurrency",
            "4",
            "--warmup",
            "1",
        ]
    )
    s = json.load(open(jf))
    k = s["kinds"]
    ch = []

    def eq(n, got, want):
        ch.append((n, abs(got - want) < 1e-9, got, want))

    eq("canonical R@1", k["canonical"]["recall1"], 1)
    eq("slang n", k["slang"]["n"], 5)
    eq("slang R@1 (alias+url)", k["slang"]["recall1"], 1 / 5)
    eq("slang R@3 (case/underscore)", k["slang"]["recall3"], 3 / 5)
    eq("slang R@10", k["slang"]["recall10"], 4 / 5)
    eq("slang MRR", k["slang"]["mrr"], (1 + 1 / 2 + 1 / 3 + 1 / 4) / 5)
    eq("question R@1", k["question"]["recall1"], 1 / 3)
    eq("question errors", k["question"]["errors"], 1)
    eq("errors", s["errors"], 1)
    eq("nonsense empty", s["nonsense"]["correct_empty"], 1 / 2)
    eq("zero-result precision", s["nonsense"]["zero_result_precision"], 1 / 2)
    eq("crisis help", s["crisis"]["help_rate"], 1 / 2)
    eq("false alarm", s["crisis"]["false_alarm_rate"], 1 / 10)
    eq("latency n", s["latency_ms"]["n"], 12)
    ch.append(("latency max >= 250 ms", s["latency_ms"]["max"] >= 250, s["latency_ms"]["max"], 250))
    F = {json.loads(l)["q"]: json.loads(l)["why"] for l in open(ff)}
    ch.append(
        (
            "failures",
            F
            == {
                "mdma": ["false-alarm"],
                "ket": ["rank-2"],
                "nos": ["rank-3"],
                "weed": ["rank-4"],
                "spice": ["miss"],
                "fish tank": ["answered-nonsense"],
                "wont wake up": ["no-urgent-help"],
                "boom": ["error"],
                "slow": ["miss"],
            },
            F,
            "",
        )
    )
    # without a crisis path an emergency slug at rank 1 counts; redaction hides text
    main(
        [
            "--queries",
            qf,
            "--url",
            url,
            "--path",
            "data.hits.*.page",
            "--alias",
            af,
            "--out",
            ff,
            "--json",
            jf,
            "--redact",
            "--warmup",
            "0",
        ]
    )
    s = json.load(open(jf))
    eq("crisis by slug", s["crisis"]["help_rate"], 1 / 2)
    eq("no alarms by slug", s["crisis"]["false_alarm_rate"], 0)
    txt = open(ff).read()
    ch.append(("redacted", not any(f'"{q}"' in txt for q, *_ in Q), "", ""))
    ch.append(("percentile", pct([1, 2, 3, 4], 50) == 2.5, "", ""))
    srv.shutdown()
    bad = [c for c in ch if not c[1]]
    for c in ch:
        print(("ok  " if c[1] else "FAIL"), c[0], "" if c[1] else (c[2], c[3]))
    print("self-test", "passed" if not bad and rc == 0 else "FAILED", f"({len(ch)} checks)")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
