import {Failure, failureOf} from "../dialog/failure";
import {Component, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useDocuments} from "../fields/documents";
import {useService} from "@web/core/utils/hooks";

const DOCUMENTS = ["order_ids", "move_ids", "payment_ids"];
const SUMS = [
    "checked",
    "ready",
    "approval",
    "blocked",
    "requested",
    "voided",
    "credited",
    "amount",
    "kept",
    "refunded",
    "tax",
    "cash",
    "fees",
];
const FEW = 3;
const {DateTime} = luxon;

/**
 * What becomes of a selection. The server plans one part after the other, as it would
 * carry them out; this adds them up, and starts anew when a choice changes.
 */
export class SelectionField extends Component {
    static template = "erp_order_reversal.SelectionField";
    static components = {Failure};
    static props = {...standardFieldProps};
    /** Whether what the form doesn't know yet is asked for. */
    asks = true;

    setup() {
        this.orm = useService("orm");
        this.documents = useDocuments(this.env);
        this.state = useState({sum: false, open: {}, failed: null});
        this.round = 0;
        this.start(this.props);
        onWillUpdateProps((props) => this.start(props));
        onWillUnmount(() => this.round++);
    }

    /** Begin with what the form got, then ask for the rest of a large selection. */
    async start(props) {
        const first = props.record.data[props.name];
        if (first === this.first) {
            return;
        }
        this.first = first;
        const round = ++this.round;
        this.state.sum = first ? this.add(false, first) : false;
        this.state.failed = null;
        if (!this.asks || !first || first.checked >= first.total) {
            return;
        }
        const values = await this.values(props.record);
        const name = DOCUMENTS.find((field) => values[field].length);
        const ids = values[name].slice(first.checked);
        while (ids.length && round === this.round) {
            const part = {...values, [name]: ids.splice(0, first.checked)};
            let found = false;
            try {
                found = await this.orm
                    .silent.call(props.record.resModel, "assess_part", [part]);
            } catch (error) {
                this.state.failed = failureOf(error);
                return;
            }
            if (round === this.round) {
                this.state.sum = this.add(this.state.sum, found);
            }
        }
    }

    async values(record) {
        const values = await record.getChanges({withReadonly: true});
        for (const field of DOCUMENTS) {
            values[field] = record.data[field]?.currentIds || [];
        }
        const known = ["scope", "invoice_method", "payment_method", "delivery_method"];
        const request = {reason_id: record.data.reason_id?.id || false};
        const part = ["product_ids", "product_quantity"];
        for (const name of [...DOCUMENTS, ...known, ...part, "date", "note"]) {
            if (name in values) {
                request[name] = values[name];
            }
        }
        return request;
    }

    add(sum, part) {
        const total = sum
            ? {...sum}
            : {...part, groups: [], partner_ids: [], months: {}, open: {}};
        if (sum) {
            for (const name of SUMS) {
                total[name] += part[name];
            }
        }
        total.partner_ids = [...new Set([...total.partner_ids, ...part.partner_ids])];
        total.months = {...total.months};
        for (const [month, amount] of Object.entries(part.months)) {
            total.months[month] = (total.months[month] || 0) + amount;
        }
        total.open = {...total.open};
        for (const [name, documents] of Object.entries(part.open)) {
            total.open[name] = [...(total.open[name] || []), ...documents];
        }
        total.groups = total.groups.map((group) => ({...group}));
        for (const group of part.groups) {
            const same = total.groups.find((other) => other.code === group.code);
            if (same) {
                same.documents = [...same.documents, ...group.documents];
            } else {
                total.groups.push({...group});
            }
        }
        total.groups.sort((one, two) => two.documents.length - one.documents.length);
        return total;
    }

    money(amount) {
        return formatCurrency(amount, this.state.sum.currency_id);
    }

    get months() {
        return Object.entries(this.state.sum.months)
            .sort()
            .map(([month, amount]) => ({
                month,
                label: _t(
                    "Invoices taken back in %s",
                    DateTime.fromISO(`${month}-01`).toLocaleString({
                        month: "long",
                        year: "numeric",
                    })
                ),
                amount,
            }));
    }

    /** The first ones of a list that is closed, all of one that is open. */
    shown(code, documents, few = FEW) {
        return this.state.open[code] ? documents : documents.slice(0, few);
    }

    toggle(code) {
        this.state.open[code] = !this.state.open[code];
    }
}

/** What a rehearsal on the server found so far. */
export class RehearsedField extends SelectionField {
    asks = false;
}

registry.category("fields").add("reversal_selection", {
    component: SelectionField,
    supportedTypes: ["json"],
});

registry.category("fields").add("reversal_rehearsed", {
    component: RehearsedField,
    supportedTypes: ["json"],
});
