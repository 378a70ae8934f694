"""The parameters of GPT-2 (124M) by shape: 148 arrays and 124,439,808 numbers, of which one array holds a third."""

VOCABULARY, CONTEXT, WIDTH, LAYERS = 50257, 1024, 768, 12


def gpt2_shapes(vocabulary: int = VOCABULARY, context: int = CONTEXT, width: int = WIDTH) -> dict[str, tuple[int, ...]]:
    """Names and shapes; the output matrix is that of the tokens and counted once."""

    def linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
        return {f"{name}/kernel": (inputs, outputs), f"{name}/bias": (outputs,)}

    def norm(name: str) -> dict[str, tuple[int, ...]]:
        return {f"{name}/scale": (width,), f"{name}/bias": (width,)}

    shapes: dict[str, tuple[int, ...]] = {"tokens": (vocabulary, width), "positions": (context, width)}
    for layer in range(LAYERS):
        at = f"layer{layer}"
        shapes |= norm(f"{at}/before_attention") | linear(f"{at}/attention", width, 3 * width)
        shapes |= linear(f"{at}/attention_output", width, width) | norm(f"{at}/before_perceptron")
        shapes |= linear(f"{at}/perceptron", width, 4 * width) | linear(f"{at}/perceptron_output", 4 * width, width)
    return shapes | norm("last")
