-- What is each class called, what does it say about a customer, and by which criteria is it given?
select dimension, class, name_en, name_zh, meaning as meaning_en, meaning_zh, criteria
from segment_classes
order by dimension, class_order desc, class
