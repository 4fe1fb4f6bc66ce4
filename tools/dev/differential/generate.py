"""Grows the graph that a seed stands for."""

import operators
from graph import Graph, Rejected

# All that onnxruntime runs and that differ in some operator's form.
OPSETS = (18, 21, 17, 20, 23, 22, 19)
# Seeds in a row share an opset, so that they can share a library.
ROW = 16


def generate(seed, largest_nodes=12):
    opset = OPSETS[seed // ROW % len(OPSETS)]
    weights = [weight for weight, _ in operators.families]
    total = sum(weights)
    # A few graphs in a thousand have results of which none can be asked for.
    for attempt in range(100):
        graph = Graph(seed, opset, largest_nodes, attempt)
        for _ in range(40 * graph.wanted):
            if len(graph.nodes) >= graph.wanted:
                break
            _, add = operators.families[graph.rng.choice(len(weights), p=[w / total for w in weights])]
            try:
                add(graph)
            except Rejected:
                pass
        graph.finish()
        if graph.outputs:
            return graph
    raise AssertionError(f"seed {seed} makes no graph")
