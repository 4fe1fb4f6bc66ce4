//===- MessageMutator.h - Random changes to protobuf messages ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TEST_FUZZ_MESSAGEMUTATOR_H
#define SPARSE_OPT_TEST_FUZZ_MESSAGEMUTATOR_H

#include <google/protobuf/message.h>
#include <random>
#include <string>
#include <vector>

namespace sopt {

/// Changes a message in small ways that leave it a message: what random bytes
/// would hardly ever do to one. Knows protobuf alone, no field of ONNX's; one
/// sequence of seeds gives one sequence of changes.
class MessageMutator {
public:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  /// `words` are strings worth trying anywhere, e.g. names of operators.
  MessageMutator(unsigned seed, const std::vector<std::string> &words)
      : random(seed), words(words) {}

  /// Makes one change somewhere in `root`.
  void mutate(Message &root);

  /// Puts a part of `other` in the place of one of `root` of the same type, or
  /// beside it.
  void cross(Message &root, const Message &other);

private:
  size_t pick(size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random);
  }
  int64_t pickInteger(int64_t old);
  double pickNumber(double old);
  std::string pickString(const std::string &old);

  void collect(Message &root);
  const Field *pickField(const Message &message, bool onlyPresent);
  const Message *pickLike(const Message &message);

  void setScalar(Message &message, const Field &field);
  void becomeLike(Message &message);
  void setElement(Message &message, const Field &field, int index);
  void addElement(Message &message, const Field &field);
  void changeList(Message &message, const Field &field);

  std::mt19937 random;
  const std::vector<std::string> &words;
  /// All messages of the tree, and the strings in it: most changes that keep a
  /// graph whole give one thing the name of another.
  std::vector<Message *> messages;
  std::vector<std::string> strings;
};

} // namespace sopt

#endif // SPARSE_OPT_TEST_FUZZ_MESSAGEMUTATOR_H
