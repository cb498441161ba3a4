import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Finding } from "../fields/reversal_findings";
import { Failure, failureOf } from "./failure";
import { byText, useRehearsal } from "./rehearsal";
import { ReversalSubmit } from "./reversal_submit";

/** What was chosen: each of it changes what settling again comes to. */
function choiceOf({ data }) {
    return JSON.stringify([
        data.date && data.date.toISODate(),
        data.journal_id && data.journal_id.id,
        data.rest_method,
        data.credit_ids.records.map((credit) => [credit.resId, credit.data.amount]),
    ]);
}

/** Show the documents as they are by now; what was chosen is kept in the draft. */
async function reopen(rehearsal, record) {
    if (await record.isDirty()) {
        await record.save();
    } else {
        await rehearsal.orm.call(record.resModel, "action_assess", [[record.resId]]);
        await record.load();
    }
    rehearsal.opened = record.data.shown.seen.documents;
    return record.data.shown;
}

/** Rehearse what `record` holds, unless that is what was rehearsed last. */
function follow(rehearsal, record) {
    rehearsal.start(choiceOf(record), async () => {
        const values = await record.getChanges();
        const shown = await rehearsal.orm.call(record.resModel, "preview_settlement", [
            [record.resId],
            values,
        ]);
        if (shown.seen.documents !== rehearsal.opened) {
            return reopen(rehearsal, record);
        }
        // What can be chosen follows from whether anything is over.
        if (shown.amount_open !== record.data.amount_open) {
            await record.update({ amount_open: shown.amount_open });
        }
        return shown;
    });
}

/** On top: that it is tried out, why it could not be, and what stands against it. */
export class SettlementFindings extends Component {
    static template = "erp_order_reversal.SettlementFindings";
    static components = { Failure, Finding };
    static props = { ...standardWidgetProps };

    setup() {
        const { record } = this.props;
        this.rehearsal = useRehearsal(record.model);
        this.rehearsal.take(choiceOf(record), record.data.shown);
        this.rehearsal.opened ||= record.data.shown.seen.documents;
        useRecordObserver((observed) => follow(this.rehearsal, observed));
    }
}

registry.category("view_widgets").add("settlement_findings", {
    component: SettlementFindings,
    fieldDependencies: [{ name: "shown", type: "json" }],
});

/** What it comes to: to be paid, matched, due, and over. */
export class SettlementResult extends Component {
    static template = "erp_order_reversal.SettlementResult";
    static props = { ...standardWidgetProps };

    setup() {
        this.rehearsal = useRehearsal(this.props.record.model);
    }

    get rows() {
        return this.rehearsal.result?.rows || [];
    }
}

registry.category("view_widgets").add("settlement_result", { component: SettlementResult });

/** Confirms what is shown: the server refuses if anything else would come out. */
export class SettlementSubmit extends ReversalSubmit {
    setup() {
        super.setup();
        this.name = "action_settle";
    }

    get isBlocked() {
        return this.rehearsal.isBlocked;
    }

    get isWaiting() {
        const { busy, choice } = this.rehearsal;
        return busy || choice !== choiceOf(this.props.record);
    }

    get label() {
        return _t("Confirm");
    }

    get seen() {
        return new Map([[choiceOf(this.props.record), null], ...byText(this.rehearsal.found)]);
    }

    get steps() {
        return new Map();
    }

    async send(record) {
        return this.orm.call(record.resModel, "settle_shown", [
            [record.resId],
            await record.getChanges(),
            this.rehearsal.result.seen,
        ]);
    }

    showRefusal(record, error) {
        this.rehearsal.refusal = failureOf(error);
        this.rehearsal.forget();
        follow(this.rehearsal, record);
    }
}

registry.category("view_widgets").add("settlement_submit", { component: SettlementSubmit });
