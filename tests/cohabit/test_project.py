"""Tasks that were made for an order."""

from .common import CohabitCase


class TestProject(CohabitCase):
    def settled(self):
        product = self.make_service(
            **{"name": "Project Service", "service_tracking": "task_in_project"}
        )
        order, _invoice, _payment = self.settle(products=product)
        task = order.sudo().tasks_ids
        self.assertEqual(len(task), 1)
        worker = self._user("worker_t", "project.group_project_user")
        task.user_ids = worker
        return order, task, worker

    def test_stays_and_whoever_works_on_it_is_told(self):
        order, task, worker = self.settled()
        reversal = self.request(order)
        reversal.action_assess()
        [found] = reversal.finding_ids.filtered(lambda f: f.code == "made_stays")
        self.assertIn("worker_t is told", found.remedy)
        self.assertTrue(reversal.asks_made)
        reversal.action_submit()
        self.assertEqual(task.state, "01_in_progress")
        self.assertEqual(task.activity_ids.user_id, worker)

    def test_cancelled_if_wanted_and_open_again(self):
        order, task, _worker = self.settled()
        project = task.project_id
        line = project.sale_line_id
        self.assertTrue(line)
        reversal = self.reverse(order, made_method="cancel")
        self.assertEqual(task.state, "1_canceled")
        self.assertFalse(task.activity_ids)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(task.state, "01_in_progress")
        self.assertEqual(project.sale_line_id, line)
        self.assertEqual(order.sudo().tasks_ids, task)

    def test_of_what_is_done_nobody_is_told(self):
        order, task, _worker = self.settled()
        task.state = "1_done"
        self.reverse(order, made_method="cancel")
        self.assertEqual(task.state, "1_done")
        self.assertFalse(task.activity_ids)

    def test_it_may_go_on_before_a_restore(self):
        order, task, _worker = self.settled()
        reversal = self.reverse(order)
        task.state = "1_done"
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertEqual(task.state, "1_done")
