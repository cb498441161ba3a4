import { useExternalListener, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { TourPointer } from "@web_tour/js/tour_pointer/tour_pointer";

/**
 * The host looks whether what a tour points at lies behind a dialog when the dialog opens,
 * and not again when the tour goes on into it: the pointer would stay away until the page
 * is loaded anew.
 *
 * And it shows what to do where a mouse stands, which a phone has not: there the text is
 * open until the screen is touched, and then wherever the pointer is tapped.
 */
patch(TourPointer.prototype, {
    setup() {
        this.uiService = useService("ui");
        this.read = useState(new Set());
        super.setup();
        const note = () => this.read.add(this.content);
        useExternalListener(window, "pointerdown", note, { capture: true });
    },

    get isOpen() {
        const isNew = this.uiService.isSmall && this.content && !this.read.has(this.content);
        return super.isOpen || Boolean(isNew);
    },

    get isVisible() {
        const { anchor, isVisible } = this.props.pointerState;
        const active = this.uiService.activeElement;
        const floating = anchor?.parentElement === document.body;
        return isVisible && (floating || !anchor || active.contains(anchor));
    },
});
