from odoo import models

from ..engine import Notes


# Notes on many documents are written together, not one after the other.
# No docstring: models that inherit this one would show it as theirs (`ir.model.info`),
# and go on showing it when the addon is uninstalled.
class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _track_finalize(self):
        """Override: what a reversal changed is told at once, over all documents.

        The host writes two rows for each document, each by a query of its own.
        """
        notes = Notes.expected(self.env)
        if notes is None or f"mail.tracking.{self._name}" not in notes.tracked:
            return super()._track_finalize()
        if not notes.values:
            # After those of all models, which the host calls one after the other.
            self.env.cr.precommit.add(self.env["mail.thread"]._reversal_write_notes)
        runner = self.with_context(order_reversal_notes=notes)
        return super(MailThread, runner)._track_finalize()

    def _message_log_batch(self, bodies, **options):
        """Override to gather notes; whatever somebody is notified of is not among them.

        The context holds an object that no client can send.
        """
        notes = self.env.context.get("order_reversal_notes")
        if not isinstance(notes, Notes):
            return super()._message_log_batch(bodies, **options)
        runner = self.with_context(order_reversal_gathered=notes)
        return super(MailThread, runner)._message_log_batch(bodies, **options)

    def _message_create(self, values_list):
        """Override: see `_message_log_batch`."""
        notes = self.env.context.get("order_reversal_gathered")
        if not isinstance(notes, Notes):
            return super()._message_create(values_list)
        _thread, gathered = notes.values.setdefault(
            self.env.uid, (self.env["mail.thread"], [])
        )
        gathered += values_list
        return self.env["mail.message"]

    def _reversal_write_notes(self, notes=None):
        """Create the gathered notes, and then what changed on each, as the host does.

        :param Notes notes: by default those of what the host tracked
        """
        notes = notes or Notes.expected(self.env)
        gathered, notes.values = notes.values, {}
        for thread, values_list in gathered.values():
            thread._reversal_create_notes(values_list)

    def _reversal_create_notes(self, values_list):
        changes = [values.pop("tracking_value_ids", None) for values in values_list]
        # sudo: as `_message_log_batch`, which gathered them.
        thread = self.sudo().with_context(order_reversal_gathered=None)
        messages = thread._message_create(values_list)
        rows = [
            {**command[2], "mail_message_id": message.id}
            for message, commands in zip(messages, changes, strict=True)
            for command in commands or ()
        ]
        if rows:
            messages.env["mail.tracking.value"].create(rows)
