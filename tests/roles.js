/**
 * Opens pages in the web client, and looks for the controls that a role has there.
 *
 * @param {Object[]} pages `menu` (its XML id) or `action` (as of the action service),
 *     `pick` whether to select the first row, `cells`: `what`, whether `may`, `controls`
 * Each control is a selector, with a `text` that it contains; or `cog`, a text in the
 * menu of actions; `refused` says that pressing it ends in a refusal, which counts as
 * not being there.
 */
async (pages) => {
    const { action, menu } = odoo.__WOWL_DEBUG__.root.env.services;
    const find = (selector, text = "") =>
        [...document.querySelectorAll(selector)].find(
            (element) => element.checkVisibility() && element.textContent.includes(text)
        );
    const until = async (condition) => {
        const end = Date.now() + 20000;
        while (!condition() && Date.now() < end) {
            await new Promise(requestAnimationFrame);
        }
        return condition();
    };
    const close = async () => {
        while (find(".modal .btn-close")) {
            const modal = find(".modal .btn-close");
            modal.click();
            await until(() => !modal.isConnected);
        }
    };
    const open = async ({ menu: xmlid, action: request }) => {
        if (xmlid) {
            const item = menu.getAll().find((each) => each.xmlid === xmlid);
            if (!item) {
                return false;
            }
            request = item.actionID;
        }
        try {
            await action.doAction(request, { clearBreadcrumbs: true });
            return true;
        } catch {
            await close();
            return false;
        }
    };
    const pick = async () => {
        const box = await until(() => find(".o_data_row .o_list_record_selector input"));
        box.click();
        await until(() => find(".o_list_selection_box"));
    };
    const MENU = ".o-dropdown--menu .o-dropdown-item, .o-dropdown--menu .o_menu_item";
    const openCog = async () => {
        const cog = find(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)");
        if (!cog) {
            return false;
        }
        cog.click();
        return until(() => find(MENU));
    };
    const has = async ({ selector, text, cog, refused }) => {
        if (cog && !(await openCog())) {
            return false;
        }
        const control = cog ? find(MENU, cog) : find(selector, text);
        if (control && refused) {
            control.click();
            const confirm = cog && (await until(() => find(".modal footer .btn-danger, .modal footer .btn-primary")));
            if (confirm) {
                confirm.click();
                await until(() => !confirm.isConnected);
            }
            const refusal = await until(() => find(".modal", refused));
            await close();
            return !refusal;
        }
        if (cog) {
            find(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)").click();
            await until(() => !find(MENU));
        }
        return Boolean(control);
    };
    // What needs several pages is there where it is on each of them.
    const seen = new Map();
    for (const page of pages) {
        const reached = await open(page);
        if (reached && page.pick) {
            await pick();
        }
        for (const { what, may, controls } of page.cells) {
            let found = reached;
            for (const control of controls) {
                found = reached && (await has(control));
                if (found) {
                    break;
                }
            }
            seen.set(what, { may, found: found && (seen.get(what)?.found ?? true) });
        }
    }
    const wrong = [...seen]
        .filter(([, { may, found }]) => found !== may)
        .map(([what, { found }]) => `${what}: ${found ? "is there" : "is not there"}`);
    if (wrong.length) {
        console.error(wrong.join("\n"));
    } else {
        console.log("test successful");
    }
}
