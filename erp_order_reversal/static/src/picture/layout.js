/** The columns of the picture, in the order in which documents follow each other. */
export const KINDS = ["order", "delivery", "invoice", "payment", "credit", "bank", "entry"];

export const ICONS = {
    order: "fa-shopping-cart",
    delivery: "fa-truck",
    invoice: "fa-file-text-o",
    payment: "fa-money",
    credit: "fa-undo",
    bank: "fa-university",
    entry: "fa-list-alt",
};

/** More documents than this are drawn smaller. */
const MANY = 12;

/**
 * Where each document stands: a column for each kind, in it beside what it came from.
 *
 * @param {Object[]} effects with `key`, `kind` and `origins` (keys)
 * @returns {{nodes: Object[], edges: Object[], width: number, height: number}}
 */
export function layout(effects) {
    const small = effects.length > MANY;
    const size = small
        ? { width: 200, height: 46, gap: 8, space: 40 }
        : { width: 210, height: 74, gap: 16, space: 56 };
    const columns = KINDS.map((kind) =>
        effects.filter((effect) => (effect.kind || "entry") === kind)
    ).filter((column) => column.length);
    const tallest = Math.max(1, ...columns.map((column) => column.length));
    const step = size.height + size.gap;
    const rank = new Map();
    const nodes = [];
    columns.forEach((column, columnIndex) => {
        // In the middle of its origins; what has none stays in the given order.
        const wanted = (effect, index) => {
            const rows = effect.origins.filter((key) => rank.has(key));
            return rows.length
                ? rows.reduce((sum, key) => sum + rank.get(key), 0) / rows.length
                : index;
        };
        const sorted = column
            .map((effect, index) => [wanted(effect, index), index, effect])
            .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        const start = (tallest - column.length) / 2;
        sorted.forEach(([, , effect], row) => {
            rank.set(effect.key, start + row);
            nodes.push({
                ...effect,
                icon: ICONS[effect.kind] || ICONS.entry,
                x: columnIndex * (size.width + size.space),
                y: (start + row) * step,
                width: size.width,
                height: size.height,
            });
        });
    });
    const placed = new Map(nodes.map((node) => [node.key, node]));
    const edges = [];
    for (const node of nodes) {
        for (const key of node.origins) {
            const from = placed.get(key);
            if (from && from !== node) {
                edges.push({ key: `${key}>${node.key}`, path: curve(from, node) });
            }
        }
    }
    return {
        nodes,
        edges,
        small,
        width: columns.length * (size.width + size.space) - size.space,
        height: tallest * step - size.gap,
    };
}

/** A line from the right of one document to the left of another, or down a column. */
function curve(from, to) {
    const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
    if (from.x === to.x) {
        const x = from.x + from.width;
        return `M${x},${y1} C${x + 24},${y1} ${x + 24},${y2} ${x},${y2}`;
    }
    const x1 = from.x < to.x ? from.x + from.width : from.x;
    const x2 = from.x < to.x ? to.x : to.x + to.width;
    const middle = (x1 + x2) / 2;
    return `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
}
