import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { TourPointer } from "@web_tour/js/tour_pointer/tour_pointer";

/**
 * The host looks whether what a tour points at lies behind a dialog when the dialog opens,
 * and not again when the tour goes on into it: the pointer would stay away until the page
 * is loaded anew.
 */
patch(TourPointer.prototype, {
    setup() {
        super.setup();
        this.uiService = useService("ui");
    },

    get isVisible() {
        const { anchor, isVisible } = this.props.pointerState;
        const active = this.uiService.activeElement;
        const floating = anchor?.parentElement === document.body;
        return isVisible && (floating || !anchor || active.contains(anchor));
    },
});
