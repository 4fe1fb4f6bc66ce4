//===- MessageMutator.cpp - Random changes to protobuf messages -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MessageMutator.h"
#include "LibFuzzer.h"
#include <google/protobuf/descriptor.h>
#include <limits>
#include <memory>

using namespace sopt;
using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

int64_t MessageMutator::pickInteger(int64_t old) {
  static constexpr int64_t edges[] = {0,
                                      1,
                                      -1,
                                      2,
                                      3,
                                      7,
                                      16,
                                      17,
                                      255,
                                      256,
                                      65536,
                                      1 << 30,
                                      std::numeric_limits<int32_t>::max(),
                                      std::numeric_limits<int32_t>::min(),
                                      int64_t(1) << 32,
                                      int64_t(1) << 40,
                                      int64_t(1) << 62,
                                      std::numeric_limits<int64_t>::max(),
                                      std::numeric_limits<int64_t>::min()};
  switch (pick(4)) {
  case 0: // Wraps around where the edge is reached.
    return int64_t(uint64_t(old) + 1);
  case 1:
    return int64_t(uint64_t(old) - 1);
  case 2:
    return int64_t(0 - uint64_t(old));
  default:
    return edges[pick(std::size(edges))];
  }
}

double MessageMutator::pickNumber(double old) {
  static constexpr double edges[] = {0,
                                     1,
                                     -1,
                                     0.5,
                                     1e-30,
                                     1e30,
                                     std::numeric_limits<double>::infinity(),
                                     std::numeric_limits<double>::quiet_NaN()};
  return pick(4) ? edges[pick(std::size(edges))] : -old;
}

std::string MessageMutator::pickString(const std::string &old) {
  switch (pick(8)) {
  case 0:
    return std::string();
  case 1:
  case 2: {
    std::string bytes = old;
    bytes.resize(old.size() + 16);
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(bytes.data()),
                                  old.size(), bytes.size()));
    return bytes;
  }
  case 3:
    return words[pick(words.size())];
  default:
    return strings.empty() ? std::string() : strings[pick(strings.size())];
  }
}

//===----------------------------------------------------------------------===//
// Finding what to change
//===----------------------------------------------------------------------===//

void MessageMutator::collect(Message &root) {
  messages.push_back(&root);
  const Reflection *reflection = root.GetReflection();
  std::vector<const Field *> fields;
  reflection->ListFields(root, &fields);
  for (const Field *field : fields) {
    int count = field->is_repeated() ? reflection->FieldSize(root, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == Field::CPPTYPE_MESSAGE)
        collect(field->is_repeated()
                    ? *reflection->MutableRepeatedMessage(&root, field, i)
                    : *reflection->MutableMessage(&root, field));
      else if (field->type() == Field::TYPE_STRING)
        strings.push_back(field->is_repeated()
                              ? reflection->GetRepeatedString(root, field, i)
                              : reflection->GetString(root, field));
    }
  }
}

/// A field of the message, null if it has none.
const MessageMutator::Field *MessageMutator::pickField(const Message &message,
                                                       bool onlyPresent) {
  std::vector<const Field *> fields;
  if (onlyPresent)
    message.GetReflection()->ListFields(message, &fields);
  else
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i)
      fields.push_back(message.GetDescriptor()->field(i));
  return fields.empty() ? nullptr : fields[pick(fields.size())];
}

/// A message of the same type in the tree: itself, if there is no other.
const MessageMutator::Message *
MessageMutator::pickLike(const Message &message) {
  size_t start = pick(messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    const Message *other = messages[(start + i) % messages.size()];
    if (other != &message && other->GetDescriptor() == message.GetDescriptor())
      return other;
  }
  return &message;
}

//===----------------------------------------------------------------------===//
// Changes
//===----------------------------------------------------------------------===//

void MessageMutator::setScalar(Message &message, const Field &field) {
  const Reflection *reflection = message.GetReflection();
  switch (field.cpp_type()) {
  case Field::CPPTYPE_INT32:
    return reflection->SetInt32(
        &message, &field,
        int32_t(pickInteger(reflection->GetInt32(message, &field))));
  case Field::CPPTYPE_INT64:
    return reflection->SetInt64(
        &message, &field, pickInteger(reflection->GetInt64(message, &field)));
  case Field::CPPTYPE_UINT32:
    return reflection->SetUInt32(&message, &field, uint32_t(pickInteger(0)));
  case Field::CPPTYPE_UINT64:
    return reflection->SetUInt64(&message, &field, uint64_t(pickInteger(0)));
  case Field::CPPTYPE_FLOAT:
    return reflection->SetFloat(
        &message, &field,
        float(pickNumber(reflection->GetFloat(message, &field))));
  case Field::CPPTYPE_DOUBLE:
    return reflection->SetDouble(
        &message, &field, pickNumber(reflection->GetDouble(message, &field)));
  case Field::CPPTYPE_BOOL:
    return reflection->SetBool(&message, &field, pick(2) != 0);
  case Field::CPPTYPE_ENUM:
    return reflection->SetEnumValue(&message, &field, int(pick(32)));
  case Field::CPPTYPE_STRING:
    return reflection->SetString(
        &message, &field, pickString(reflection->GetString(message, &field)));
  case Field::CPPTYPE_MESSAGE:
    reflection->MutableMessage(&message, &field);
  }
}

void MessageMutator::becomeLike(Message &message) {
  // By a copy: what holds the message would grow while it is read, and what the
  // message holds would be gone.
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(*pickLike(message));
  message.CopyFrom(*copy);
}

void MessageMutator::setElement(Message &message, const Field &field,
                                int index) {
  const Reflection *reflection = message.GetReflection();
  switch (field.cpp_type()) {
  case Field::CPPTYPE_INT32:
    return reflection->SetRepeatedInt32(
        &message, &field, index,
        int32_t(
            pickInteger(reflection->GetRepeatedInt32(message, &field, index))));
  case Field::CPPTYPE_INT64:
    return reflection->SetRepeatedInt64(
        &message, &field, index,
        pickInteger(reflection->GetRepeatedInt64(message, &field, index)));
  case Field::CPPTYPE_FLOAT:
    return reflection->SetRepeatedFloat(
        &message, &field, index,
        float(
            pickNumber(reflection->GetRepeatedFloat(message, &field, index))));
  case Field::CPPTYPE_STRING:
    return reflection->SetRepeatedString(
        &message, &field, index,
        pickString(reflection->GetRepeatedString(message, &field, index)));
  case Field::CPPTYPE_MESSAGE:
    // Its own fields are changed in their turn.
    return becomeLike(
        *reflection->MutableRepeatedMessage(&message, &field, index));
  default: // ONNX has no lists of other types but of doubles and bits.
    return;
  }
}

void MessageMutator::addElement(Message &message, const Field &field) {
  const Reflection *reflection = message.GetReflection();
  switch (field.cpp_type()) {
  case Field::CPPTYPE_INT32:
    return reflection->AddInt32(&message, &field, int32_t(pickInteger(0)));
  case Field::CPPTYPE_INT64:
    return reflection->AddInt64(&message, &field, pickInteger(0));
  case Field::CPPTYPE_UINT64:
    return reflection->AddUInt64(&message, &field, uint64_t(pickInteger(0)));
  case Field::CPPTYPE_FLOAT:
    return reflection->AddFloat(&message, &field, float(pickNumber(0)));
  case Field::CPPTYPE_DOUBLE:
    return reflection->AddDouble(&message, &field, pickNumber(0));
  case Field::CPPTYPE_STRING:
    return reflection->AddString(&message, &field, pickString(std::string()));
  case Field::CPPTYPE_MESSAGE:
    return becomeLike(*reflection->AddMessage(&message, &field));
  default:
    return;
  }
}

void MessageMutator::changeList(Message &message, const Field &field) {
  const Reflection *reflection = message.GetReflection();
  int size = reflection->FieldSize(message, &field);
  if (size == 0)
    return addElement(message, field);
  int index = int(pick(size));
  switch (pick(5)) {
  case 0:
    reflection->SwapElements(&message, &field, index, int(pick(size)));
    return;
  case 1:
    reflection->SwapElements(&message, &field, index, size - 1);
    reflection->RemoveLast(&message, &field);
    return;
  case 2:
    return addElement(message, field);
  default:
    return setElement(message, field, index);
  }
}

void MessageMutator::mutate(Message &root) {
  messages.clear();
  strings.clear();
  collect(root);
  Message &message = *messages[pick(messages.size())];
  // What is absent is absent for a reason, as a rule.
  const Field *field = pickField(message, /*onlyPresent=*/pick(4) != 0);
  if (!field)
    return;
  if (field->is_repeated())
    changeList(message, *field);
  else if (pick(8) == 0)
    message.GetReflection()->ClearField(&message, field);
  else
    setScalar(message, *field);
}

void MessageMutator::cross(Message &root, const Message &other) {
  messages.clear();
  strings.clear();
  std::unique_ptr<Message> donor(other.New());
  donor->CopyFrom(other);
  collect(*donor);
  size_t firstOfRoot = messages.size();
  collect(root);
  Message &place = *messages[firstOfRoot + pick(messages.size() - firstOfRoot)];
  messages.resize(firstOfRoot);
  const Message *part = pickLike(place);
  if (part != &place)
    place.CopyFrom(*part);
}
