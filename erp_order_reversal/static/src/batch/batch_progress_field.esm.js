import {onWillUnmount, useState} from "@odoo/owl";
import {ProgressBarField, progressBarField} from "@web/views/fields/progress_bar/progress_bar_field";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

const RELOAD_PAUSE = 1000;

/**
 * Progress of a batch that moves without reloading: the server tells over the bus how
 * far it is, and the record is read again at most once a second.
 */
export class BatchProgressField extends ProgressBarField {
    setup() {
        super.setup();
        this.live = useState({value: null, id: false});
        this.bus = useService("bus_service");
        this.onProgress = this.onProgress.bind(this);
        this.bus.subscribe("order_reversal_batch", this.onProgress);
        this.bus.start();
        onWillUnmount(() => {
            this.bus.unsubscribe("order_reversal_batch", this.onProgress);
            clearTimeout(this.timer);
        });
    }

    get currentValue() {
        if (this.live.value !== null && this.live.id === this.props.record.resId) {
            return this.live.value;
        }
        return super.currentValue;
    }

    onProgress(payload) {
        const {record} = this.props;
        if (payload.id !== record.resId) {
            return;
        }
        this.live.id = payload.id;
        this.live.value = payload.progress;
        if (!this.timer) {
            this.timer = setTimeout(async () => {
                this.timer = null;
                await this.props.record.load();
                this.live.value = null;
            }, RELOAD_PAUSE);
        }
    }
}

registry.category("fields").add("reversal_batch_progress", {
    ...progressBarField,
    component: BatchProgressField,
});
