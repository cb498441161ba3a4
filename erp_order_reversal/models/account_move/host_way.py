from odoo import api, models
from odoo.tools import ormcache

from ...engine import ENGINE

#: What a batch does otherwise than `_reverse_moves` and the button *Confirm*: it does
#: not call it, it derives no lines, it confirms many at once.
HOST_WAY = {
    "account.move": {
        "_reverse_moves",
        "_get_sync_stack",
        "_sync_dynamic_lines",
        "_sync_dynamic_line",
        "_sync_invoice",
        "_sync_rounding_lines",
        "_sync_tax_lines",
        "_post",
        "action_post",
        "copy_data",
        "create",
        "write",
    },
    "account.move.line": {
        "_sync_invoice",
        "_copy_data_extend_business_fields",
        "copy_data",
        "create",
        "write",
    },
}
#: Addons whose overrides of these were read, and come to the same in a batch: of
#: `_reverse_moves`, because the batch does it too, of the rest, because it runs there.
SAME_REVERSAL = {"account", "sale"}
SAME_IN_BATCH = SAME_REVERSAL | {
    "account_edi",
    "account_fleet",
    "l10n_de",
    "l10n_gcc_invoice",
    "l10n_hr_edi",
    "l10n_hu",
    "l10n_in_edi",
    "l10n_jo_edi",
    "l10n_sa",
    "l10n_tr_nilvera_einvoice",
    "pos_sale",
    "product_email_template",
    "purchase",
    "purchase_stock",
    "sale_timesheet",
    "stock_account",
}
#: Overrides that have no say in how the lines of a copy come about.
BESIDE_LINES = {"_reverse_moves", "_post", "action_post"}
#: They change nothing of the values that the wizard gives.
SAME_WIZARD = {"account", "sale_timesheet"}
OWN = "erp_order_reversal"
#: What addons let the host's wizard say to the copies that it makes: where each line
#: came from (`account_invoice_refund_link` of OCA).
OF_WIZARD = {"link_origin_line": True}


class LinesDerivedError(Exception):
    """The host has to derive lines of this copy; nothing was written yet."""


class AccountMove(models.Model):
    """The host's own way of making a credit note, with all that addons add to it."""

    _inherit = "account.move"

    @api.model
    def _reversal_overriding(self, model, names=None):
        """Addons that extend a model, or override one of its methods.

        :param str model: name of the model
        :param names: set of method names; without, any extension counts
        :return: {(addon, method name or None)}
        """
        found = set()
        for cls in self.env.registry[model].__mro__:
            addon = vars(cls).get("_module")
            if not addon or cls._name != model or addon.startswith(OWN):
                continue
            own = vars(cls).keys()
            found |= (
                {(addon, name) for name in names & own} if names else {(addon, None)}
            )
        return found

    @api.model
    @ormcache()
    def _reversal_takes_host_way(self):
        """Whether an addon makes of a credit note what a batch of them would not be.

        What is installed is asked once for each registry.

        :return: bool
        """
        return bool(self._reversal_host_methods())

    @api.model
    @ormcache()
    def _reversal_host_methods(self):
        """Methods of the host that an addon overrides, and a batch would not obey.

        :return: frozenset of names
        """
        return frozenset(
            name
            for model, names in HOST_WAY.items()
            for addon, name in self._reversal_overriding(model, names)
            if addon
            not in (SAME_REVERSAL if name == "_reverse_moves" else SAME_IN_BATCH)
        )

    @api.model
    @ormcache()
    def _reversal_wizard_is_extended(self):
        """Whether an addon adds to what the host's wizard gives a credit note.

        :return: bool
        """
        extending = self._reversal_overriding("account.move.reversal")
        return any(addon not in SAME_WIZARD for addon, _name in extending)

    def _reversal_wizard_values(self, reversals):
        """What the host's wizard gives to the credit notes of these invoices.

        Document types, refund reasons, correlations: localisations add them there
        (`account.move.reversal._prepare_default_reversal`). One wizard an invoice,
        as some of them refuse several, all made at once; none where nobody extends it.

        :param reversals: list of `order.reversal`, one for each invoice
        :return: list of dicts, as `_reverse_moves` takes them
        """
        if not self._reversal_wizard_is_extended():
            return [{} for _move in self]
        # The document that a person has open is not what the wizard is for.
        model = self.env["account.move.reversal"].with_context(
            active_model=False, active_id=False, active_ids=[]
        )
        wizards = model.create(
            [
                reversal._get_credit_wizard_vals(move)
                for move, reversal in zip(self, reversals, strict=True)
            ]
        )
        return [
            wizard._prepare_default_reversal(move)
            for move, wizard in zip(self, wizards, strict=True)
        ]

    @api.private
    def _reversal_reverse_as_host(self, defaults):
        """Posted credit notes of whole invoices, made by the host and every addon.

        :param list defaults: values of each credit note
        :return: `account.move`, in the order of these
        """
        moves = self.with_context(order_reversal_host_way=ENGINE, **OF_WIZARD)
        credits = moves._reverse_moves(defaults, cancel=True)
        return credits.with_context(order_reversal_host_way=None)

    def _post(self, soft=True):
        """Confirm credit notes that were made the host's way as its button does.

        `_reverse_moves` posts without `action_post`, and leaves out what addons do
        there: timesheets would stay invoiced, down payments keep their amount. Before,
        each is made the exact opposite of its invoice, as taxes that a person had
        typed are computed anew by a copy.
        """
        if self.env.context.get("order_reversal_host_way") is not ENGINE:
            return super()._post(soft)
        moves = self.with_context(order_reversal_host_way=None)
        for move in moves:
            move._reversal_square(move.reversed_entry_id._reversal_whole())
        if self._reversal_host_methods() <= {"_reverse_moves"}:
            moves._reversal_post_mirrors()
        else:
            moves._reversal_confirm()
        return self

    def _reversal_confirm(self):
        """Post drafts as *Confirm* does, each alone where an addon extends that button.

        It may count on one entry (`sale_advance_payment` of OCA).
        """
        alone = "action_post" in self._reversal_host_methods()
        for moves in self if alone else [self]:
            moves._reversal_acted(moves.action_post(), "posted")

    def copy(self, default=None):
        """Copy all lines of an invoice that is taken back, instead of deriving them.

        `_reverse_moves` copies one invoice after the other, and most of its time goes
        into taxes and due dates that are those of the invoice anyway.
        """
        if (
            self.env.context.get("order_reversal_host_way") is not ENGINE
            or not self._reversal_host_methods() <= BESIDE_LINES
        ):
            return super().copy(default)
        exact = self.with_context(
            order_reversal_exact_copy=ENGINE, skip_invoice_sync=True
        )
        try:
            copies = super(AccountMove, exact).copy(default)
        except LinesDerivedError:
            return super().copy(default)
        return copies.with_env(self.env)

    def copy_data(self, default=None):
        """Override: the lines of the credit note, see `copy`, and its journal.

        The host takes an archived journal off a copy, and with it the one that a
        reversal gives for it.

        :raise LinesDerivedError: they can't be had without the host
        """
        result = super().copy_data(default)
        journal_id = (default or {}).get("journal_id")
        if journal_id and self.env["order.reversal"]._is_running():
            for vals in result:
                vals["journal_id"] = journal_id
        if self.env.context.get("order_reversal_exact_copy") is ENGINE:
            for move, vals in zip(self, result, strict=True):
                vals["line_ids"] = move._reversal_exact_lines(vals, {})
                if vals["line_ids"] is None:
                    raise LinesDerivedError
        return result
