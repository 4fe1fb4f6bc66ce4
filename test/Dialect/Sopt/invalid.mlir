// RUN: sparse-opt %s -split-input-file -verify-diagnostics

//===----------------------------------------------------------------------===//
// sopt.linear
//===----------------------------------------------------------------------===//

func.func @linear_integer(%x: tensor<2x4xi32>, %w: tensor<4x8xi32>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of 16-bit float or bfloat16 type or 32-bit float or 64-bit float values}}
  %0 = sopt.linear %x, %w : (tensor<2x4xi32>, tensor<4x8xi32>) -> tensor<2x8xi32>
  return
}

// -----

func.func @linear_mixed(%x: tensor<2x4xf16>, %w: tensor<4x8xf32>) {
  // expected-error@+1 {{'sopt.linear' op mixes 'f16' and 'f32'}}
  %0 = sopt.linear %x, %w : (tensor<2x4xf16>, tensor<4x8xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @linear_scalar(%x: tensor<f32>, %w: tensor<4x8xf32>) {
  // expected-error@+1 {{needs x of rank 1 or more}}
  %0 = sopt.linear %x, %w : (tensor<f32>, tensor<4x8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @linear_weight_rank(%x: tensor<2x4xf32>, %w: tensor<4xf32>) {
  // expected-error@+1 {{needs weight of rank 2, not 1}}
  %0 = sopt.linear %x, %w : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @linear_features(%x: tensor<2x4xf32>, %w: tensor<5x8xf32>) {
  // expected-error@+1 {{has 5 rows of weight, but 4 features of x}}
  %0 = sopt.linear %x, %w : (tensor<2x4xf32>, tensor<5x8xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @linear_bias_rank(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>, %b: tensor<1x8xf32>) {
  // expected-error@+1 {{needs bias of rank 1, not 2}}
  %0 = sopt.linear %x, %w bias %b : (tensor<2x4xf32>, tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @linear_bias_size(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error@+1 {{has 4 elements of bias, but 8 columns of weight}}
  %0 = sopt.linear %x, %w bias %b : (tensor<2x4xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @linear_result(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>) {
  // expected-error@+1 {{computes 'tensor<2x8xf32>', not 'tensor<2x4xf32>'}}
  %0 = sopt.linear %x, %w : (tensor<2x4xf32>, tensor<4x8xf32>) -> tensor<2x4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// sopt.layer_norm
//===----------------------------------------------------------------------===//

func.func @layer_norm_residual(%x: tensor<2x4xf32>, %r: tensor<4xf32>) {
  // expected-error@+1 {{adds residual 'tensor<4xf32>' to x 'tensor<2x4xf32>'}}
  %0 = sopt.layer_norm %x residual %r scale %r
     : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @layer_norm_scale_rank(%x: tensor<2x4xf32>, %s: tensor<1x4xf32>) {
  // expected-error@+1 {{needs scale of rank 1, not 2}}
  %0 = sopt.layer_norm %x scale %s : (tensor<2x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @layer_norm_scale_size(%x: tensor<2x4xf32>, %s: tensor<2xf32>) {
  // expected-error@+1 {{has 2 elements of scale, but 4 features of x}}
  %0 = sopt.layer_norm %x scale %s : (tensor<2x4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @layer_norm_bias_size(%x: tensor<2x4xf32>, %s: tensor<4xf32>, %b: tensor<2xf32>) {
  // expected-error@+1 {{has 2 elements of bias, but 4 features of x}}
  %0 = sopt.layer_norm %x scale %s bias %b
     : (tensor<2x4xf32>, tensor<4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @layer_norm_epsilon(%x: tensor<2x4xf32>, %s: tensor<4xf32>) {
  // expected-error@+1 {{needs an epsilon that is not negative}}
  %0 = sopt.layer_norm %x scale %s {epsilon = -1.0 : f32}
     : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// sopt.poly
//===----------------------------------------------------------------------===//

func.func @poly_degree(%x: tensor<4xf32>) {
  // expected-error@+1 {{needs 1 to 9 coefficients, not 10}}
  %0 = sopt.poly %x {coefficients = dense<1.0> : tensor<10xf32>} : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @poly_none(%x: tensor<4xf32>) {
  // expected-error@+1 {{needs 1 to 9 coefficients, not 0}}
  %0 = sopt.poly %x {coefficients = dense<> : tensor<0xf32>} : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @poly_integer(%x: tensor<4xf32>) {
  // expected-error@+1 {{needs coefficients as a dense floating-point constant}}
  %0 = sopt.poly %x {coefficients = dense<1> : tensor<2xi32>} : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @poly_rank(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{needs coefficients of rank 1 without a channel, not 2}}
  %0 = sopt.poly %x {coefficients = dense<1.0> : tensor<2x3xf32>} : tensor<4x2xf32> -> tensor<4x2xf32>
  return
}

// -----

func.func @poly_channel_rank(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{needs coefficients of rank 2 with a channel, not 1}}
  %0 = sopt.poly %x {channel = 1, coefficients = dense<1.0> : tensor<3xf32>} : tensor<4x2xf32> -> tensor<4x2xf32>
  return
}

// -----

func.func @poly_channel(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{has its channels in dimension 2 of a tensor of rank 2}}
  %0 = sopt.poly %x {channel = 2, coefficients = dense<1.0> : tensor<2x3xf32>} : tensor<4x2xf32> -> tensor<4x2xf32>
  return
}

// -----

func.func @poly_channels(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{has 3 rows of coefficients, but 2 channels of x}}
  %0 = sopt.poly %x {channel = 1, coefficients = dense<1.0> : tensor<3x3xf32>} : tensor<4x2xf32> -> tensor<4x2xf32>
  return
}

// -----

func.func @poly_dynamic_channels(%x: tensor<4x?xf32>) {
  // expected-error@+1 {{needs a static number of channels}}
  %0 = sopt.poly %x {channel = 1, coefficients = dense<1.0> : tensor<3x3xf32>} : tensor<4x?xf32> -> tensor<4x?xf32>
  return
}

// -----

func.func @poly_result(%x: tensor<4xf32>) {
  // expected-error@+1 {{computes 'tensor<4xf32>', not 'tensor<5xf32>'}}
  %0 = sopt.poly %x {coefficients = dense<1.0> : tensor<3xf32>} : tensor<4xf32> -> tensor<5xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// sopt.attention
//===----------------------------------------------------------------------===//

func.func @attention_rank(%q: tensor<6x8xf32>, %k: tensor<6x8xf32>, %v: tensor<6x8xf32>) {
  // expected-error@+1 {{needs q of rank 3 (packed) or 4 (by head), not 2}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>) -> tensor<6x8xf32>
  return
}

// -----

func.func @attention_k_rank(%q: tensor<1x6x8xf32>, %k: tensor<1x2x6x4xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs k of rank 3, not 4}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x2x6x4xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_v_rank(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x2x6x4xf32>) {
  // expected-error@+1 {{needs v of rank 3, not 4}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x2x6x4xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_no_heads(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs 1 head or more}}
  %0 = sopt.attention %q, %k, %v {heads = 0, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_kv_heads(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{cannot share 2 heads of k and v among 3 of q}}
  %0 = sopt.attention %q, %k, %v {heads = 3, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_packed(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{has 8 features of q for 3 heads}}
  %0 = sopt.attention %q, %k, %v {heads = 3, kv_heads = 3, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_packed_k(%q: tensor<1x6x8xf32>, %k: tensor<1x6x9xf32>, %v: tensor<1x6x9xf32>) {
  // expected-error@+1 {{has 9 features of k for 2 heads}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x9xf32>, tensor<1x6x9xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_by_head(%q: tensor<1x2x6x4xf32>, %k: tensor<1x2x6x4xf32>, %v: tensor<1x3x6x4xf32>) {
  // expected-error@+1 {{has 3 heads of v, but says 2}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x2x6x4xf32>, tensor<1x2x6x4xf32>, tensor<1x3x6x4xf32>) -> tensor<1x2x6x4xf32>
  return
}

// -----

func.func @attention_batch(%q: tensor<1x6x8xf32>, %k: tensor<2x6x8xf32>, %v: tensor<2x6x8xf32>) {
  // expected-error@+1 {{has 2 batches of k, but 1 of q}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<2x6x8xf32>, tensor<2x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_tokens(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x5x8xf32>) {
  // expected-error@+1 {{has 5 tokens of v, but 6 of k}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x5x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_features(%q: tensor<1x6x8xf32>, %k: tensor<1x6x6xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{has 3 features per head of k, but 4 of q}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x6xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_bias_rank(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %bias: tensor<1x1x1x6x6xf32>) {
  // expected-error@+1 {{needs bias of rank 4 or less, not 5}}
  %0 = sopt.attention %q, %k, %v bias %bias {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x1x1x6x6xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_bias(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %bias: tensor<3x6x6xf32>) {
  // expected-error@+1 {{cannot broadcast bias 'tensor<3x6x6xf32>' to scores 'tensor<1x2x6x6xf32>'}}
  %0 = sopt.attention %q, %k, %v bias %bias {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<3x6x6xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_padding_rank(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %padding: tensor<1x1x6xi1>) {
  // expected-error@+1 {{needs padding of rank 1 (lengths) or 2 (mask), not 3}}
  %0 = sopt.attention %q, %k, %v padding %padding {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x1x6xi1>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_padding_lengths(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %padding: tensor<1xi1>) {
  // expected-error@+1 {{cannot read lengths from padding of type i1}}
  %0 = sopt.attention %q, %k, %v padding %padding {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1xi1>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_padding_batch(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %padding: tensor<2xi64>) {
  // expected-error@+1 {{has 2 rows of padding, but 1 batches of q}}
  %0 = sopt.attention %q, %k, %v padding %padding {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<2xi64>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_padding_keys(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %padding: tensor<1x5xi64>) {
  // expected-error@+1 {{has 5 columns of padding, but 6 tokens of k}}
  %0 = sopt.attention %q, %k, %v padding %padding {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x5xi64>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_group_rank(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %group: tensor<1x1x6xi64>) {
  // expected-error@+1 {{needs group of rank 1 or 2, not 3}}
  %0 = sopt.attention %q, %k, %v group %group {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x1x6xi64>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_group_batch(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %group: tensor<2x6xi64>) {
  // expected-error@+1 {{has 2 rows of group, but 1 batches of q}}
  %0 = sopt.attention %q, %k, %v group %group {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<2x6xi64>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_group_q(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>, %group: tensor<5xi64>) {
  // expected-error@+1 {{has 5 tokens of group, but 6 of q}}
  %0 = sopt.attention %q, %k, %v group %group {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<5xi64>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_group_k(%q: tensor<1x6x8xf32>, %k: tensor<1x7x8xf32>, %v: tensor<1x7x8xf32>, %group: tensor<6xi64>) {
  // expected-error@+1 {{has 6 tokens of group, but 7 of k}}
  %0 = sopt.attention %q, %k, %v group %group {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x7x8xf32>, tensor<1x7x8xf32>, tensor<6xi64>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_causal_end(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{has causal_end without causal}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, causal_end, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_window_count(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs a window of 2 sizes, left and right, not 1}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, window = array<i64: 3>, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_window_sizes(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs window sizes of 0 or more, or -1}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, window = array<i64: 3, -2>, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_block(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs a block of 1 or more}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, block = 0, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_top_k(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs a top_k of 1 or more}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, top_k = 0, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_top_k_bits(%q: tensor<1x6x8xf32>) {
  // expected-error@+1 {{has top_k_bits without top_k}}
  %0 = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, top_k_bits = 2, scale = 0.5 : f32}
    : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_top_k_many_bits(%q: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs top_k_bits of 1 to 4}}
  %0 = sopt.attention %q, %q, %q {heads = 2, kv_heads = 2, top_k = 2, top_k_bits = 5, scale = 0.5 : f32}
    : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_top_k_bits_and_bias(%q: tensor<1x6x8xf32>, %b: tensor<6x6xf32>) {
  // expected-error@+1 {{cannot rank keys by bits and a bias}}
  %0 = sopt.attention %q, %q, %q bias %b {heads = 2, kv_heads = 2, top_k = 2, top_k_bits = 2, scale = 0.5 : f32}
    : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<6x6xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_fill(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x8xf32>) {
  // expected-error@+1 {{needs a fill below 0}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, causal, fill = 0x7FC00000 : f32, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x8xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

func.func @attention_result(%q: tensor<1x6x8xf32>, %k: tensor<1x6x8xf32>, %v: tensor<1x6x10xf32>) {
  // expected-error@+1 {{computes 'tensor<1x6x10xf32>', not 'tensor<1x6x8xf32>'}}
  %0 = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.5 : f32}
     : (tensor<1x6x8xf32>, tensor<1x6x8xf32>, tensor<1x6x10xf32>) -> tensor<1x6x8xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// #sopt.schedule
//===----------------------------------------------------------------------===//

// expected-error@+1 {{no kernel reads weights in layout coo}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <coo, i16>>}

// -----

// expected-error@+1 {{kernels read 1:4 and 2:4, not 3:4}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <nm 3:4, i8>>}

// -----

// expected-error@+1 {{kernels read 1:4 and 2:4, not 1:8}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <nm 1:8, i8>>}

// -----

// expected-error@+1 {{kernels read indices of i8 in groups, not i16}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <nm 2:4, i16>>}

// -----

// expected-error@+1 {{blocks must be 1, 2, 4, 8 or 16 rows of 1 column}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <block 4x4, i16>>}

// -----

// expected-error@+1 {{blocks must be 1, 2, 4, 8 or 16 rows of 1 column}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <block 3x1, i16>>}

// -----

// expected-error@+1 {{kernels read indices of i16 or i32, not i8}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <csr, i8>>}

// -----

// expected-error@+1 {{a tile is rows x vectors, each from 1 to 64}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <dense>, tile = 12>}

// -----

// expected-error@+1 {{a tile is rows x vectors, each from 1 to 64}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <dense>, tile = 12x65>}

// -----

// expected-error@+1 {{a tile of 2 features for blocks of 4}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <block 4x1, i16>, tile = 2x4>}

// -----

// expected-error@+1 {{dense_below is a number of tokens, for csr and block}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <dense>, dense_below = 8>}

// -----

// expected-error@+1 {{dense_below is a number of tokens, for csr and block}}
func.func private @schedule() attributes {a = #sopt.schedule<layout = <nm 2:4, i8>, dense_below = 8>}

// -----

func.func @schedule(%x: tensor<?x65537xf32>, %w: tensor<65537x2xf32>) {
  // expected-error@+1 {{has a schedule with indices of i16, too narrow for 65537 features of x}}
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>>
     : (tensor<?x65537xf32>, tensor<65537x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// #sopt.precision
//===----------------------------------------------------------------------===//

// expected-error@+2 {{to be one of: bf16, int8}}
// expected-error@+1 {{failed to parse Sopt_PrecisionAttr}}
func.func private @precision() attributes {a = #sopt.precision<int4>}

// -----

func.func @precision(%x: tensor<?x4xf16>, %w: tensor<4x2xf16>) {
  // expected-error@+1 {{rounds f32 to int8, not 'f16'}}
  %0 = sopt.linear %x, %w precision <int8> : (tensor<?x4xf16>, tensor<4x2xf16>) -> tensor<?x2xf16>
  return
}

// -----

func.func @precision(%x: tensor<?x4xf32>, %w: tensor<4x2xf32>) {
  // expected-error@+1 {{cannot skip the zeros of #sopt.layout<csr, i16> in bf16: kernels in fewer bits do so for csr and block in int8}}
  %0 = sopt.linear %x, %w schedule <layout = <csr, i16>> precision <bf16>
     : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

func.func @precision(%x: tensor<?x4xf32>, %w: tensor<4x2xf32>) {
  // expected-error@+1 {{cannot skip the zeros of #sopt.layout<nm 2:4, i8> in int8}}
  %0 = sopt.linear %x, %w schedule <layout = <nm 2:4, i8>> precision <int8>
     : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

func.func @precision(%x: tensor<?x65537xf32>, %w: tensor<65537x2xf32>) {
  // expected-error@+1 {{needs at most 65536 features of x for sums of int8 products to fit 32 bits}}
  %0 = sopt.linear %x, %w precision <int8> : (tensor<?x65537xf32>, tensor<65537x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

func.func @precision(%x: tensor<?x4xf32>, %w: tensor<4x2xf32>) {
  // expected-error@+1 {{smooths 3 features of x, not 4}}
  %0 = sopt.linear %x, %w precision <int8, smooth = dense<1> : tensor<3xi8>>
     : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

// expected-error@+1 {{a range and exponents are for int8, not bf16}}
func.func private @precision() attributes {a = #sopt.precision<bf16, range = array<f32: 0.0, 1.0>>}

// -----

// expected-error@+1 {{a range goes from a number that is not positive to a larger one that is not negative}}
func.func private @precision() attributes {a = #sopt.precision<int8, range = array<f32: 0.5, 1.0>>}

// -----

// expected-error@+1 {{a range goes from a number that is not positive to a larger one that is not negative}}
func.func private @precision() attributes {a = #sopt.precision<int8, range = array<f32: 0.0, 0x7F800000>>}

// -----

// expected-error@+1 {{a range goes from a number that is not positive to a larger one that is not negative}}
func.func private @precision() attributes {a = #sopt.precision<int8, range = array<f32: -1.0>>}

// -----

// expected-error@+1 {{exponents are a tensor of i8 of rank 1, not 'tensor<2xi16>'}}
func.func private @precision() attributes {a = #sopt.precision<int8, smooth = dense<1> : tensor<2xi16>>}

// -----

// expected-error@+1 {{exponents go from -16 to 16, not -17}}
func.func private @precision() attributes {a = #sopt.precision<int8, smooth = dense<[1, -17]> : tensor<2xi8>>}

// -----

// expected-error@+1 {{expected 'smooth'}}
func.func private @precision() attributes {a = #sopt.precision<int8, rough = 1>}

// -----

//===----------------------------------------------------------------------===//
// #sopt.layout
//===----------------------------------------------------------------------===//

// expected-error@+1 {{expected dense, csr, coo, block or nm, not csc}}
func.func private @layout() attributes {a = #sopt.layout<csc, i16>}

// -----

// expected-error@+1 {{indices must be i8, i16, i32 or i64}}
func.func private @layout() attributes {a = #sopt.layout<csr>}

// -----

// expected-error@+1 {{indices must be i8, i16, i32 or i64}}
func.func private @layout() attributes {a = #sopt.layout<csr, i7>}

// -----

// expected-error@+1 {{pointers must be i8, i16, i32 or i64}}
func.func private @layout() attributes {a = #sopt.layout<csr, i8, i7>}

// -----

// expected-error@+1 {{coo has no pointers}}
func.func private @layout() attributes {a = #sopt.layout<coo, i8, i32>}

// -----

// expected-error@+1 {{dense has no indices}}
func.func private @layout() attributes {a = #sopt.layout<dense, i8>}

// -----

// expected-error@+1 {{sizes must be 1 or more}}
func.func private @layout() attributes {a = #sopt.layout<block 4x0, i8>}

// -----

// expected-error@+1 {{block takes 2 sizes, not 1}}
func.func private @layout() attributes {a = #sopt.layout<block 4, i8>}

// -----

// expected-error@+1 {{cannot keep 3 of 2}}
func.func private @layout() attributes {a = #sopt.layout<nm 3:2, i8>}

// -----

// expected-error@+1 {{groups of 256 are above 255}}
func.func private @layout() attributes {a = #sopt.layout<nm 3:256, i8>}

// -----

//===----------------------------------------------------------------------===//
// sopt.sparse_constant
//===----------------------------------------------------------------------===//

func.func @sparse_rank() {
  // expected-error@+1 {{stores a matrix of static shape, not 'tensor<8xf32>'}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<8xf32>
  return
}

// -----

func.func @sparse_dynamic() {
  // expected-error@+1 {{stores a matrix of static shape, not 'tensor<?x4xf32>'}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<?x4xf32>
  return
}

// -----

func.func @sparse_block_size() {
  // expected-error@+1 {{cannot divide 'tensor<2x4xf32>' into 3x1}}
  %0 = sopt.sparse_constant #sopt.layout<block 3x1, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_no_indices() {
  // expected-error@+1 {{lacks indices in layout coo}}
  %0 = sopt.sparse_constant #sopt.layout<coo, i16> {
    values = dense<1.0> : tensor<3xf32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_indices() {
  // expected-error@+1 {{has no use for indices in layout dense}}
  %0 = sopt.sparse_constant #sopt.layout<dense> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_no_pointers() {
  // expected-error@+1 {{lacks pointers in layout csr}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_pointers() {
  // expected-error@+1 {{has no use for pointers in layout coo}}
  %0 = sopt.sparse_constant #sopt.layout<coo, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<0> : tensor<3x2xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_index_type() {
  // expected-error@+1 {{needs indices of type 'tensor<3xi8>', not 'tensor<3xi16>'}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i8> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_pointer_count() {
  // expected-error@+1 {{needs pointers of type 'tensor<3xi32>', not 'tensor<2xi32>'}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 3]> : tensor<2xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_values() {
  // expected-error@+1 {{needs values of type 'tensor<3xf32>', not 'tensor<2xf32>'}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<2xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_ends() {
  // expected-error@+1 {{pointers must begin with 0 and end with 3}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 2]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_pointer_order() {
  // expected-error@+1 {{pointers of row 0 are out of order}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 3]> : tensor<3xi16>,
    pointers = dense<[0, 4, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_bounds() {
  // expected-error@+1 {{index 4 of row 1 is out of 4}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 0, 4]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_order() {
  // expected-error@+1 {{indices of row 1 are out of order}}
  %0 = sopt.sparse_constant #sopt.layout<csr, i16> {
    values = dense<1.0> : tensor<3xf32>,
    indices = dense<[1, 3, 3]> : tensor<3xi16>,
    pointers = dense<[0, 1, 3]> : tensor<3xi32>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_coo_bounds() {
  // expected-error@+1 {{element 0 at (2, 0) is out of the matrix}}
  %0 = sopt.sparse_constant #sopt.layout<coo, i16> {
    values = dense<1.0> : tensor<1xf32>,
    indices = dense<[[2, 0]]> : tensor<1x2xi16>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_coo_order() {
  // expected-error@+1 {{element 1 is out of order}}
  %0 = sopt.sparse_constant #sopt.layout<coo, i16> {
    values = dense<1.0> : tensor<2xf32>,
    indices = dense<[[1, 0], [0, 1]]> : tensor<2x2xi16>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_nm_bounds() {
  // expected-error@+1 {{index 2 of group 0 is out of 2}}
  %0 = sopt.sparse_constant #sopt.layout<nm 1:2, i8> {
    values = dense<1.0> : tensor<1x4x1xf32>,
    indices = dense<2> : tensor<1x4x1xi8>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_nm_order() {
  // expected-error@+1 {{indices of group 0 are out of order}}
  %0 = sopt.sparse_constant #sopt.layout<nm 2:2, i8> {
    values = dense<1.0> : tensor<1x4x2xf32>,
    indices = dense<0> : tensor<1x4x2xi8>} : tensor<2x4xf32>
  return
}

// -----

func.func @sparse_bool() {
  // expected-error@+1 {{cannot store elements of type 'i1'}}
  %0 = sopt.sparse_constant #sopt.layout<coo, i8> {
    values = dense<true> : tensor<1xi1>,
    indices = dense<0> : tensor<1x2xi8>} : tensor<2x4xi1>
  return
}
