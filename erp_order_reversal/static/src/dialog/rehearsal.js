import { markRaw, reactive, toRaw, useEnv, useState } from "@odoo/owl";

import { failureOf, textOf } from "./failure";

/** How long to wait for a document that somebody else is changing, and how often. */
const PATIENCE = { delay: 1500, times: 4 };
/** Findings that stand against a request, not against trying it out. */
const FORMAL = ["note_required", "reason_archived", "already_requested"];

const isOneWay = ({ code }) => code === "one_way";

const rehearsals = new WeakMap();

const wait = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

/** What was chosen, as far as it changes what would happen: a reason alone doesn't. */
export function choiceOf({ data }) {
    return JSON.stringify([
        data.seen_fingerprint,
        data.date && data.date.toISODate(),
        data.approval_note,
    ]);
}

/**
 * The rehearsal of what a dialog holds. One at a time runs on the server, because it
 * holds the documents while it runs: a newer choice waits for it, and only the newest
 * one's answer counts.
 */
class Rehearsal {
    constructor(orm) {
        this.orm = markRaw(orm);
        this.busy = false;
        this.result = null;
        // Why it could not be rehearsed at all, see `failureOf`.
        this.failure = null;
        // Why the last confirmation was refused, and what of the plan it changed.
        this.refusal = null;
        this.changed = new Set();
        this.choice = null;
        this.running = null;
        // What names the documents as the dialog lists them, where it does.
        this.opened = "";
    }

    get findings() {
        return this.result ? this.result.findings : [];
    }

    /** What was found of what would happen. */
    get found() {
        return this.findings.filter(({ code }) => !FORMAL.includes(code));
    }

    /** Whether confirming would be refused for what only the rehearsal knows. */
    get isBlocked() {
        const isBlocker = ({ severity }) => severity === "blocker";
        return Boolean(this.failure) || this.found.some(isBlocker);
    }

    /** Rehearse what `record` holds, unless that is what was rehearsed last. */
    follow(record) {
        if (record.data.seen_fingerprint && record.data.state === "draft") {
            const call = async (method) =>
                this.orm.call(record.resModel, method, [await record.getChanges()], {
                    context: record.context,
                });
            this.start(
                choiceOf(record),
                () => call("preview_request"),
                () => call("preview_way_back")
            );
        }
    }

    /** Rehearse a request that waits for the user, as it would be carried out now. */
    review(record) {
        if (record.data.can_approve) {
            this.start(`review ${record.resId}`, () =>
                this.orm.call(record.resModel, "review_request", [[record.resId]])
            );
        }
    }

    /** What the server rehearsed of its own accord, when it opened the dialog. */
    take(choice, result) {
        if (!this.choice) {
            Object.assign(this, { choice, result });
        }
    }

    /**
     * @param {string} choice what is rehearsed: the same is not rehearsed again
     * @param {Function} ask calls the server
     * @param {Function} [askBack] asks whether it could be restored; nobody waits for it
     */
    start(choice, ask, askBack) {
        if (choice === this.choice) {
            return;
        }
        this.choice = choice;
        this.ask = ask;
        this.askBack = askBack;
        this.busy = true;
        if (!this.running) {
            this.running = this.run().finally(() => {
                this.running = null;
                this.busy = false;
            });
        }
    }

    async run() {
        let turn = 0;
        for (;;) {
            const choice = this.choice;
            let result = null;
            let failure = null;
            try {
                result = await this.ask();
            } catch (error) {
                failure = failureOf(error);
            }
            if (choice !== this.choice) {
                turn = 0;
                continue;
            }
            Object.assign(this, { result, failure });
            const isBusy = this.findings.some(({ code }) => code === "busy");
            if (!isBusy) {
                await this.runBack(choice);
                if (choice === this.choice) {
                    return;
                }
                turn = 0;
                continue;
            }
            if (++turn > PATIENCE.times) {
                return;
            }
            await wait(PATIENCE.delay);
        }
    }

    /** Add whether it could be restored, where that was not found by the plan alone. */
    async runBack(choice) {
        if (!this.askBack || this.isBlocked || this.findings.some(isOneWay)) {
            return;
        }
        this.busy = false;
        try {
            const found = await this.askBack();
            if (choice === this.choice) {
                const findings = [...this.findings, ...found];
                this.result = { ...this.result, findings };
            }
        } catch (reason) {
            // What was rehearsed stays true; the restore says it when it is asked for.
            console.warn(textOf(reason));
        }
    }

    /** Until nothing of it runs on the server any more. */
    async settle() {
        while (this.running) {
            await this.running;
        }
    }

    forget() {
        this.choice = null;
    }

    /** Once more what failed. */
    again() {
        const { choice, ask, askBack } = this;
        this.forget();
        this.start(choice, ask, askBack);
    }
}

/** Findings by what they say: the same of another document is another one. */
export const byText = (findings) =>
    findings.map((finding) => [`${finding.code}|${finding.message}`, finding]);

/** Until nothing is rehearsed any more of what a form shows, if anything is. */
export async function settled(model) {
    await rehearsals.get(toRaw(model))?.settle();
}

/** What names a step of the plan, and what it does. */
export const stepOf = ({ data }) => [
    `${data.res_model},${data.operation},${data.res_name}`,
    `${data.outcome}|${data.amount}`,
];

/**
 * @param {Object} model of the form
 * @returns {Rehearsal} shared by all that shows it
 */
export function useRehearsal(model) {
    // Not of one component: it may be gone before the answer comes, others wait for it.
    const { orm } = useEnv().services;
    // Each component has a reactive model of its own; what is shared hangs on the one.
    const key = toRaw(model);
    if (!rehearsals.has(key)) {
        rehearsals.set(key, reactive(new Rehearsal(orm.silent)));
    }
    return useState(rehearsals.get(key));
}
