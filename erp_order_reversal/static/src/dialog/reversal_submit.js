import {
    Component,
    onMounted,
    onWillDestroy,
    status,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { WarningDialog } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Failure, failureOf } from "./failure";
import { freeze } from "./frozen";
import { byText, choiceOf, stepOf, useRehearsal } from "./rehearsal";

const BUSY = "odoo.addons.erp_order_reversal.exceptions.DocumentsBusyError";
const TRIES = 3;

// Not an error of the server: somebody else is at work, and it can be tried again.
registry.category("error_dialogs").add(BUSY, WarningDialog);

/** The host focuses a field by an id that none of the inputs of a choice has. */
function focusReason() {
    const inputs = ".o_order_reversal_dialog [name=reason_id] input";
    (document.querySelector(`${inputs}:checked`) || document.querySelector(inputs))?.focus();
}

/**
 * The button that carries out what the dialog shows, named after it. Refused, the dialog
 * stays with what is true then: no draft was made, no number used.
 */
export class ReversalSubmit extends Component {
    static template = "erp_order_reversal.ReversalSubmit";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useService("ui");
        this.rehearsal = useRehearsal(this.props.record.model);
        this.state = useState({ busy: false });
        this.button = useRef("button");
        this.free = () => {};
        onWillDestroy(() => this.free());
        this.name = "action_submit";
        onMounted(focusReason);
    }

    get data() {
        return this.props.record.data;
    }

    get isBlocked() {
        return Boolean(this.data.blocker_count) || this.rehearsal.isBlocked;
    }

    /** Whether what is shown is not yet of what is chosen. */
    get isWaiting() {
        return false;
    }

    get label() {
        return this.data.approval_note ? _t("Ask for Approval") : this.data.act;
    }

    /** What was seen of what would happen: what was chosen, the plan, what was found. */
    get seen() {
        return new Map([
            [choiceOf(this.props.record), null],
            ...byText(this.data.finding_ids.records.map(({ data }) => data)),
            ...byText(this.rehearsal.found),
        ]);
    }

    get steps() {
        return new Map(this.data.step_ids.records.map(stepOf));
    }

    async submit() {
        // Before anything is waited for: a second click must not confirm a second time.
        if (this.state.busy || this.isWaiting || this.isBlocked) {
            return;
        }
        this.state.busy = true;
        this.free = freeze(this.ui, this.button.el);
        try {
            const action = await this.confirm();
            // What it opens may ask something.
            this.free();
            if (action) {
                await this.action.doAction(action);
            }
        } finally {
            this.free();
            this.state.busy = false;
        }
    }

    /**
     * Carry out what was shown when it was pressed, and nothing else.
     *
     * @returns {Object|undefined} the action that shows what was done
     */
    async confirm() {
        const { record } = this.props;
        const { seen } = this;
        const before = this.steps;
        if (!(await record.checkValidity({ displayNotification: true }))) {
            return;
        }
        this.rehearsal.refusal = null;
        // It holds the documents as long as it runs.
        await this.rehearsal.settle();
        // Whoever has left the page has changed their mind.
        if (this.isBlocked || this.isGone) {
            return;
        }
        const news = [...this.seen].filter(([key]) => !seen.has(key));
        if (news.length) {
            this.showNews(news, before);
            return;
        }
        try {
            return await this.send(record);
        } catch (error) {
            if (!(error instanceof RPCError) || this.isGone) {
                throw error;
            }
            await this.showRefusal(record, error);
        }
    }

    get isGone() {
        return status(this) === "destroyed";
    }

    async send(record, turn = 1) {
        try {
            return await this.orm.call(
                record.resModel,
                "submit_request",
                [await record.getChanges()],
                { context: record.context }
            );
        } catch (error) {
            if (error.exceptionName !== BUSY || turn === TRIES) {
                throw error;
            }
            await new Promise((resolve) => setTimeout(resolve, 1000 * turn));
            if (this.isGone) {
                throw error;
            }
            return this.send(record, turn + 1);
        }
    }

    /** What nobody had seen yet when it was pressed: it is confirmed once more. */
    showNews(news, before) {
        const text = [
            _t("Something came up after you pressed. Read it, then confirm again."),
            ...news.map(([, finding]) => finding?.message).filter(Boolean),
        ].join("\n");
        this.rehearsal.refusal = { text, details: "" };
        this.mark(before);
    }

    /** Plan anew, and mark what differs from what was confirmed. */
    async showRefusal(record, error) {
        const before = this.steps;
        this.rehearsal.forget();
        await record.update({ scope: record.data.scope });
        this.rehearsal.refusal = failureOf(error);
        this.mark(before);
        this.rehearsal.follow(record);
    }

    mark(before) {
        const changed = [...this.steps].filter(([step, outcome]) => before.get(step) !== outcome);
        this.rehearsal.changed = new Set(changed.map(([step]) => step));
    }
}

registry.category("view_widgets").add("reversal_submit", {
    component: ReversalSubmit,
    fieldDependencies: [
        { name: "act", type: "char" },
        { name: "approval_note", type: "text" },
        { name: "blocker_count", type: "integer" },
    ],
});

/** Why the last confirmation was refused. */
export class ReversalRefusal extends Component {
    static template = "erp_order_reversal.ReversalRefusal";
    static components = { Failure };
    static props = { ...standardWidgetProps };

    setup() {
        this.rehearsal = useRehearsal(this.props.record.model);
        this.root = useRef("root");
        // Whoever pressed looks at the button, which a long dialog has far below.
        useEffect(
            (el) => {
                el?.scrollIntoView({ block: "center" });
                el?.focus({ preventScroll: true });
            },
            () => [this.root.el, this.rehearsal.refusal]
        );
    }
}

registry.category("view_widgets").add("reversal_refusal", { component: ReversalRefusal });
